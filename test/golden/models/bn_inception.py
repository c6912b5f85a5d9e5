"""BN-Inception, written anew: the table of the paper's appendix with the widths of its authors' weights."""

import torch
import torch.nn.functional as F
from torch import nn
from zoo import Case

# 1x1, 3x3 behind its reduction, two 3x3 behind theirs, channels after the pool.
TABLE = {
    "3a": (64, (64, 64), (64, 96), "avg", 32),
    "3b": (64, (64, 96), (64, 96), "avg", 64),
    "3c": (None, (128, 160), (64, 96), "max", None),
    "4a": (224, (64, 96), (96, 128), "avg", 128),
    "4b": (192, (96, 128), (96, 128), "avg", 128),
    "4c": (160, (128, 160), (128, 160), "avg", 128),
    "4d": (96, (128, 192), (160, 192), "avg", 128),
    "4e": (None, (128, 192), (192, 256), "max", None),
    "5a": (352, (192, 320), (160, 224), "avg", 128),
    "5b": (352, (192, 320), (192, 224), "max", 128),
}


class Unit(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class Block(nn.Module):
    def __init__(self, inputs, one, three, double, pool, projection):
        super().__init__()
        stride = 1 if one else 2
        if one:
            self.branch1 = Unit(inputs, one, 1)
        self.branch2 = nn.Sequential(Unit(inputs, three[0], 1), Unit(*three, 3, stride))
        self.branch3 = nn.Sequential(
            Unit(inputs, double[0], 1), Unit(*double, 3), Unit(double[1], double[1], 3, stride)
        )
        if not one:
            self.branch4 = nn.MaxPool2d(3, 2, ceil_mode=True)
        else:
            pooling = nn.AvgPool2d(3, 1, 1) if pool == "avg" else nn.MaxPool2d(3, 1, 1)
            self.branch4 = nn.Sequential(pooling, Unit(inputs, projection, 1))
        self.outputs = (one or 0) + three[1] + double[1] + (projection or inputs)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.children()], 1)


class BnInception(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = Unit(3, 64, 7, 2)
        self.conv2 = Unit(64, 64, 1)
        self.conv3 = Unit(64, 192, 3)
        width = 192
        for name, row in TABLE.items():
            block = Block(width, *row)
            setattr(self, f"inception{name}", block)
            width = block.outputs
        self.fc = nn.Linear(width, num_classes)

    def forward(self, x):
        x = F.max_pool2d(self.conv1(x), 3, 2, ceil_mode=True)
        x = F.max_pool2d(self.conv3(self.conv2(x)), 3, 2, ceil_mode=True)
        for name in TABLE:
            x = getattr(self, f"inception{name}")(x)
        return self.fc(x.mean([2, 3]))


CASES = [
    Case("bn_inception", BnInception, input=(2, 3, 64, 64), gain=0.8, training=True),
]
