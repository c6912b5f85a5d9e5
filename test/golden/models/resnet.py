"""ResNet, Wide ResNet and ResNeXt: torchvision's; and its ResNet-18 with the first layers that CIFAR's pictures are given."""

from functools import partial

from torch import nn
from torchvision import models
from torchvision.models.resnet import Bottleneck, ResNet
from zoo import Case

resnext101_32x4d = partial(ResNet, Bottleneck, [3, 4, 23, 3], groups=32, width_per_group=4)


def resnet18_for_cifar(**options):
    net = models.resnet18(**options)
    net.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
    net.maxpool = nn.Identity()
    return net


def slow(name, make=None):
    return Case(name, make or getattr(models, name), gain=0.5, slow=True)


CASES = [
    Case("resnet18", models.resnet18, gain=0.5, training=True),
    Case(
        "resnet18 for CIFAR",
        resnet18_for_cifar,
        input=(2, 3, 32, 32),
        gain=0.5,
        training=True,
        model="resnet18",
        request={"stem": "cifar"},
    ),
    slow("resnet34"),
    slow("resnet50"),
    slow("resnet101"),
    slow("resnet152"),
    slow("resnext50_32x4d"),
    slow("resnext101_32x4d", resnext101_32x4d),
    slow("resnext101_32x8d"),
    slow("resnext101_64x4d"),
    slow("wide_resnet50_2"),
    slow("wide_resnet101_2"),
]
