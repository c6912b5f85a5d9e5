"""Residual networks with identity mappings, arXiv:1603.05027, written anew; ImageNet's with the stem and the names of timm's."""

from collections import OrderedDict
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn
from zoo import Case


def conv(i, o, kernel, stride=1):
    return nn.Conv2d(i, o, kernel, stride, kernel // 2, bias=False)


class Basic(nn.Module):
    growth = 1

    def __init__(self, i, width, stride, first):
        super().__init__()
        self.stride, self.first = stride, first
        self.norm1, self.conv1 = nn.BatchNorm2d(i), conv(i, width, 3, stride)
        self.norm2, self.conv2 = nn.BatchNorm2d(width), conv(width, width, 3)

    def forward(self, x):
        a = F.relu(self.norm1(x))
        y = self.conv2(F.relu(self.norm2(self.conv1(a))))
        x = (a if self.first else x)[:, :, :: self.stride, :: self.stride]
        zeros = torch.zeros_like(x[:, : (y.shape[1] - x.shape[1]) // 2])
        return y + torch.cat([zeros, x, zeros], 1)


class Bottleneck(nn.Module):
    growth = 4

    def __init__(self, i, width, stride, first):
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(i), conv(i, width, 1)
        self.norm2, self.conv2 = nn.BatchNorm2d(width), conv(width, width, 3, stride)
        self.norm3, self.conv3 = nn.BatchNorm2d(width), conv(width, 4 * width, 1)
        if first:
            self.downsample = nn.Sequential(OrderedDict(conv=conv(i, 4 * width, 1, stride)))

    def forward(self, x):
        a = F.relu(self.norm1(x))
        y = self.conv2(F.relu(self.norm2(self.conv1(a))))
        y = self.conv3(F.relu(self.norm3(y)))
        return y + (self.downsample(a) if hasattr(self, "downsample") else x)


class PreactResNet(nn.Module):
    def __init__(self, block, depths, first, num_classes):
        super().__init__()
        if first == 16:
            self.stem = nn.Sequential(OrderedDict(conv=conv(3, 16, 3)))
        else:
            self.stem = nn.Sequential(OrderedDict(conv=conv(3, 64, 7, 2), pool=nn.MaxPool2d(3, 2, 1)))
        stages, channels = [], first
        for i, depth in enumerate(depths):
            blocks = []
            for j in range(depth):
                blocks.append(block(channels, first << i, 2 if i > 0 and j == 0 else 1, j == 0))
                channels = block.growth * (first << i)
            stages.append(nn.Sequential(OrderedDict(blocks=nn.Sequential(*blocks))))
        self.stages = nn.Sequential(*stages)
        self.norm = nn.BatchNorm2d(channels)
        self.head = nn.Sequential(OrderedDict(
            pool=nn.AdaptiveAvgPool2d(1), fc=nn.Conv2d(channels, num_classes, 1), flatten=nn.Flatten()))  # fmt: skip

    def forward(self, x):
        return self.head(F.relu(self.norm(self.stages(self.stem(x)))))


def for_cifar(name, block, n, input=(2, 3, 16, 16), **options):
    make = partial(PreactResNet, block, [n, n, n], 16)
    return Case(name, make, input=input, gain=0.5, **options)


def for_imagenet(name, depths):
    return Case(name, partial(PreactResNet, Bottleneck, depths, 64), gain=0.5, slow=True)


CASES = [
    for_cifar("preact_resnet110", Basic, 18),
    for_cifar("preact_resnet164", Bottleneck, 18, slow=True),
    # Small, so that of its ReLUs none stands so near its kink that single precision, PyTorch's too, falls on the other side.
    for_cifar("preact_resnet1001", Bottleneck, 111, input=(1, 3, 12, 8), slow=True),
    for_imagenet("resnetv2_50", [3, 4, 6, 3]),
    for_imagenet("resnetv2_101", [3, 4, 23, 3]),
    for_imagenet("resnetv2_152", [3, 8, 36, 3]),
]
