"""ZFNet after figure 3 of arXiv:1311.2901, written anew."""

from collections import OrderedDict

from torch import nn
from zoo import Case


def pool():
    return nn.MaxPool2d(3, 2, ceil_mode=True)


def norm():
    return nn.LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2.0)


def zfnet(num_classes):
    layers = OrderedDict(
        conv1=nn.Conv2d(3, 96, 7, 2, padding=1), relu1=nn.ReLU(), pool1=pool(), norm1=norm(),
        conv2=nn.Conv2d(96, 256, 5, 2), relu2=nn.ReLU(), pool2=pool(), norm2=norm(),
        conv3=nn.Conv2d(256, 384, 3, padding=1), relu3=nn.ReLU(),
        conv4=nn.Conv2d(384, 384, 3, padding=1), relu4=nn.ReLU(),
        conv5=nn.Conv2d(384, 256, 3, padding=1), relu5=nn.ReLU(), pool5=pool(),
        avgpool=nn.AdaptiveAvgPool2d(6), flatten=nn.Flatten(),
        fc6=nn.Linear(9216, 4096), relu6=nn.ReLU(), fc7=nn.Linear(4096, 4096), relu7=nn.ReLU(),
        fc8=nn.Linear(4096, num_classes))  # fmt: skip
    return nn.Sequential(layers)


CASES = [Case("zfnet", zfnet)]
