"""Inception v3: torchvision's, with an auxiliary classifier that takes small images too."""

import torch.nn.functional as F
from torchvision.models.inception import Inception3, InceptionAux
from zoo import Case


class Auxiliary(InceptionAux):
    """torchvision's own takes images from 299x299 on, whose 5x5 means by 3 are 5x5 or more."""

    def forward(self, x):
        if min(x.shape[2:]) >= 17:
            return super().forward(x)
        features = self.conv1(self.conv0(F.adaptive_avg_pool2d(x, (5, 5))))
        return self.fc(features.mean((2, 3)))


class Torchvision(Inception3):
    def __init__(self, num_classes):
        super().__init__(num_classes, aux_logits=True, init_weights=False)
        self.AuxLogits = Auxiliary(768, num_classes)

    def eager_outputs(self, x, aux):
        return {"logits": x, "aux": aux} if self.training else x


CASES = [
    Case("inception_v3", Torchvision, input=(4, 3, 107, 107), gain=0.9, training=True),
]
