"""ResNet, Wide ResNet and ResNeXt: torchvision's."""

from torchvision import models
from zoo import Case

CASES = [
    Case("resnet18", models.resnet18, gain=0.5, training=True),
]
