"""SRResNet after Ledig et al. 2016, figure 4."""

from torch import nn
from zoo import Case


def conv(inputs, outputs, kernel, bias=True):
    return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=bias)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = conv(64, 64, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.prelu = nn.PReLU()
        self.conv2 = conv(64, 64, 3, bias=False)
        self.bn2 = nn.BatchNorm2d(64)

    def forward(self, x):
        return x + self.bn2(self.conv2(self.prelu(self.bn1(self.conv1(x)))))


class SRResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = conv(3, 64, 9)
        self.prelu = nn.PReLU()
        self.blocks = nn.Sequential(*(Block() for _ in range(16)))
        self.conv2 = conv(64, 64, 3, bias=False)
        self.bn2 = nn.BatchNorm2d(64)
        self.upsample = nn.Sequential(
            *(nn.Sequential(conv(64, 256, 3), nn.PixelShuffle(2), nn.PReLU()) for _ in range(2))
        )
        self.conv3 = conv(64, 3, 9)

    def forward(self, x):
        first = self.prelu(self.conv1(x))
        features = first + self.bn2(self.conv2(self.blocks(first)))
        return self.conv3(self.upsample(features))


CASES = [
    Case("srresnet", lambda num_classes: SRResNet(), input=(2, 3, 12, 16), classes=1, gain=0.5, training=True),
]
