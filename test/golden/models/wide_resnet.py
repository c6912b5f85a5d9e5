"""Wide residual networks for CIFAR, arXiv:1605.07146, written anew."""

from functools import partial

import torch.nn.functional as F
from torch import nn
from zoo import Case


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(i), nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.bn2, self.conv2 = nn.BatchNorm2d(o), nn.Conv2d(o, o, 3, 1, 1, bias=False)
        if i != o:
            self.shortcut = nn.Conv2d(i, o, 1, stride, bias=False)

    def forward(self, x):
        a = F.relu(self.bn1(x))
        y = self.conv2(F.relu(self.bn2(self.conv1(a))))
        return y + (self.shortcut(a) if hasattr(self, "shortcut") else x)


def layer(i, o, n, stride):
    return nn.Sequential(Block(i, o, stride), *[Block(o, o, 1) for _ in range(n - 1)])


class WideResNet(nn.Module):
    def __init__(self, depth, k, num_classes):
        super().__init__()
        n = (depth - 4) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.layer1 = layer(16, 16 * k, n, 1)
        self.layer2 = layer(16 * k, 32 * k, n, 2)
        self.layer3 = layer(32 * k, 64 * k, n, 2)
        self.bn1 = nn.BatchNorm2d(64 * k)
        self.linear = nn.Linear(64 * k, num_classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.conv1(x))))
        return self.linear(F.relu(self.bn1(x)).mean((2, 3)))


def case(depth, k, input=(2, 3, 16, 16), **options):
    return Case(f"wrn_{depth}_{k}", partial(WideResNet, depth, k), input=input, gain=0.5, **options)


CASES = [
    case(16, 4, training=True),
    *[case(*size, slow=True) for size in [(40, 1), (40, 2), (40, 4)]],
    # At 16×16 a ReLU stands so near its kink that single precision, PyTorch's too, falls on the other side.
    case(40, 8, input=(2, 3, 20, 16), slow=True),
    *[case(*size, slow=True) for size in [(28, 10), (28, 12), (22, 8), (22, 10), (16, 8), (16, 10)]],
]
