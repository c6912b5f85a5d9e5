"""GoogLeNet: torchvision's, and as published in 2014: torchvision's modules with other layers in their places."""

import torch.nn.functional as F
from torch import nn
from torchvision.models.googlenet import GoogLeNet, Inception, InceptionAux
from zoo import Case


class Torchvision(GoogLeNet):
    def __init__(self, num_classes, **kwargs):
        super().__init__(num_classes, aux_logits=True, init_weights=False, dropout_aux=0.0, **kwargs)

    # torchvision 0.14 mixes up the two names in its named tuple.
    def forward(self, x):
        logits, aux2, aux1 = self._forward(x)
        return {"logits": logits, "aux1": aux1, "aux2": aux2} if self.training else logits


class Conv(nn.Module):
    def __init__(self, in_channels, out_channels, **kwargs):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, **kwargs)

    def forward(self, x):
        return F.relu(self.conv(x))


class Published5x5(Inception):
    def __init__(self, in_channels, ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, pool_proj):
        super().__init__(in_channels, ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, pool_proj, Conv)
        self.branch3[1] = Conv(ch5x5red, ch5x5, kernel_size=5, padding=2)


class Auxiliary(InceptionAux):
    def __init__(self, in_channels, num_classes, dropout):
        super().__init__(in_channels, num_classes, Conv, dropout)

    def forward(self, x):
        pooled = F.avg_pool2d(x, 5, 3) if x.shape[2:] == (14, 14) else F.adaptive_avg_pool2d(x, (4, 4))
        return self.fc2(F.relu(self.fc1(self.conv(pooled).flatten(1))))


class Published(Torchvision):
    def __init__(self, num_classes):
        super().__init__(num_classes, blocks=[Conv, Published5x5, Auxiliary])
        norm = nn.LocalResponseNorm(5)
        self.maxpool1 = nn.Sequential(self.maxpool1, norm)
        self.maxpool2 = nn.Sequential(norm, self.maxpool2)
        self.maxpool4 = nn.MaxPool2d(3, 2, ceil_mode=True)


CASES = [
    Case("googlenet", Torchvision, gain=0.6, training=True),
    Case("googlenet_2014", Published, input=(2, 3, 224, 224), gain=0.7, training=True, slow=True),
]
