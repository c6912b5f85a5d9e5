"""DenseNet: torchvision's, for CIFAR with other first layers."""

from torch import nn
from torchvision import models
from torchvision.models.densenet import DenseNet
from zoo import Case


class Cifar(DenseNet):
    def __init__(self, num_classes):
        super().__init__(12, (16, 16, 16), 24, num_classes=num_classes)
        self.features.conv0 = nn.Conv2d(3, 24, 3, padding=1, bias=False)
        del self.features.norm0, self.features.relu0, self.features.pool0


CASES = [
    Case("densenet_bc100_12", Cifar, input=(2, 3, 16, 16), training=True),
    Case("densenet121", models.densenet121, slow=True),
    Case("densenet161", models.densenet161, gain=0.8, slow=True),
    Case("densenet169", models.densenet169, slow=True),
    Case("densenet201", models.densenet201, slow=True),
]
