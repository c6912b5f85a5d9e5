"""Inception v2, written anew: table 1 of arXiv:1512.00567, the widths within the blocks being Inception v3's."""

import torch
import torch.nn.functional as F
from torch import nn
from zoo import Case


class Unit(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, padding="same"):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=1e-3)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class Joined(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        for i, branch in enumerate(branches):
            setattr(self, f"branch{i + 1}", branch)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.children()], 1)


def pooled(inputs, outputs):
    return nn.Sequential(nn.AvgPool2d(3, 1, 1), Unit(inputs, outputs, 1))


def chain(inputs, *layers):
    units = []
    for outputs, kernel in layers:
        units.append(Unit(inputs, outputs, kernel))
        inputs = outputs
    return nn.Sequential(*units)


def figure5(inputs):
    return Joined(
        Unit(inputs, 64, 1),
        chain(inputs, (48, 1), (64, 3)),
        chain(inputs, (64, 1), (96, 3), (96, 3)),
        pooled(inputs, 64),
    )


def figure6(width):
    row, column = (1, 7), (7, 1)
    return Joined(
        Unit(768, 192, 1),
        chain(768, (width, 1), (width, row), (192, column)),
        chain(768, (width, 1), (width, row), (width, column), (width, row), (192, column)),
        pooled(768, 192),
    )


def figure7(inputs):
    def bank(width):
        return Joined(Unit(width, 384, (1, 3)), Unit(width, 384, (3, 1)))

    return Joined(
        Unit(inputs, 320, 1),
        nn.Sequential(Unit(inputs, 384, 1), bank(384)),
        nn.Sequential(Unit(inputs, 448, 1), Unit(448, 384, 3), bank(384)),
        pooled(inputs, 192),
    )


def figure10(inputs, reduce3, width3, reduce_double, width_double):
    return Joined(
        nn.Sequential(Unit(inputs, reduce3, 1), Unit(reduce3, width3, 3, 2, 0)),
        nn.Sequential(
            Unit(inputs, reduce_double, 1),
            Unit(reduce_double, width_double, 3),
            Unit(width_double, width_double, 3, 2, 0),
        ),
        nn.MaxPool2d(3, 2),
    )


class InceptionV2(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.conv1 = Unit(3, 32, 3, 2, 0)
        self.conv2 = Unit(32, 32, 3, 1, 0)
        self.conv3 = Unit(32, 64, 3)
        self.maxpool = nn.MaxPool2d(3, 2)
        self.conv4 = Unit(64, 80, 3, 1, 0)
        self.conv5 = Unit(80, 192, 3, 2, 0)
        self.conv6 = Unit(192, 288, 3)
        self.inception3 = nn.Sequential(*[figure5(288) for _ in range(3)])
        self.reduction3 = figure10(288, 64, 384, 64, 96)
        self.inception4 = nn.Sequential(*[figure6(width) for width in (128, 160, 160, 160, 192)])
        self.reduction4 = figure10(768, 192, 320, 192, 192)
        self.inception5 = nn.Sequential(figure7(1280), figure7(2048))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(2048, num_classes)

    def forward(self, x):
        for layer in self.children():
            x = layer(x)
        return x


CASES = [
    Case("inception_v2", InceptionV2, input=(2, 3, 75, 75), gain=0.9),
]
