"""Network in network, written anew after arXiv:1312.4400 and the authors' widths."""

from collections import OrderedDict

from torch import nn
from zoo import Case


def mlpconv(channels, a, b, c, kernel, stride=1, padding=0):
    return nn.Sequential(
        nn.Conv2d(channels, a, kernel, stride, padding), nn.ReLU(),
        nn.Conv2d(a, b, 1), nn.ReLU(),
        nn.Conv2d(b, c, 1), nn.ReLU())  # fmt: skip


def nin_cifar(num_classes):
    return nn.Sequential(OrderedDict(
        mlpconv1=mlpconv(3, 192, 160, 96, 5, padding=2), pool1=nn.MaxPool2d(3, 2, ceil_mode=True),
        mlpconv2=mlpconv(96, 192, 192, 192, 5, padding=2), pool2=nn.AvgPool2d(3, 2, ceil_mode=True),
        mlpconv3=mlpconv(192, 192, 192, num_classes, 3, padding=1),
        avgpool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten()))  # fmt: skip


def nin(num_classes):
    return nn.Sequential(OrderedDict(
        mlpconv1=mlpconv(3, 96, 96, 96, 11, stride=4), pool1=nn.MaxPool2d(3, 2),
        mlpconv2=mlpconv(96, 256, 256, 256, 5, padding=2), pool2=nn.MaxPool2d(3, 2),
        mlpconv3=mlpconv(256, 384, 384, 384, 3, padding=1), pool3=nn.MaxPool2d(3, 2),
        mlpconv4=mlpconv(384, 1024, 1024, num_classes, 3, padding=1),
        avgpool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten()))  # fmt: skip


CASES = [
    Case("nin_cifar", nin_cifar, input=(2, 3, 32, 32)),
    Case("nin", nin, input=(2, 3, 99, 83)),
]
