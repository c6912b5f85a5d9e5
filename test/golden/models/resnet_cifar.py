"""Residual networks for CIFAR, section 4.2 of arXiv:1512.03385, written anew."""

from functools import partial

import torch
import torch.nn.functional as F
from torch import nn
from zoo import Case


def conv3x3(i, o, stride=1):
    return nn.Conv2d(i, o, 3, stride, 1, bias=False)


class Block(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.stride = o // i
        self.conv1, self.bn1 = conv3x3(i, o, self.stride), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = conv3x3(o, o), nn.BatchNorm2d(o)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        x = x[:, :, :: self.stride, :: self.stride]
        zeros = torch.zeros_like(x[:, : (y.shape[1] - x.shape[1]) // 2])
        return F.relu(y + torch.cat([zeros, x, zeros], 1))


class ResNet(nn.Module):
    def __init__(self, n, num_classes):
        super().__init__()
        self.conv1, self.bn1 = conv3x3(3, 16), nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(*[Block(16, 16) for _ in range(n)])
        self.layer2 = nn.Sequential(Block(16, 32), *[Block(32, 32) for _ in range(n - 1)])
        self.layer3 = nn.Sequential(Block(32, 64), *[Block(64, 64) for _ in range(n - 1)])
        self.linear = nn.Linear(64, num_classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.linear(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))


# At 32×24 a ReLU of ResNet-110 stands so near its kink that single precision, PyTorch's too, falls on the other side.
CASES = [
    Case(f"resnet{6 * n + 2}", partial(ResNet, n), input=(2, 3, 24, 24), gain=0.5, slow=n > 3)
    for n in (3, 5, 7, 9, 18)
]
