"""LeNet-5 after section II.B of LeCun et al. 1998, written anew, map by map."""

import torch
import torch.nn.functional as F
from torch import nn
from zoo import Case

# Table I: an X where map `row` of S2 feeds map `column` of C3.
TABLE = """
X...XXX..XXXX.XX
XX...XXX..XXXX.X
XXX...XXX..X.XXX
.XXX..XXXX..X.XX
..XXX..XXXX.XX.X
...XXX..XXXX.XXX
""".split()


def squash(x):
    return 1.7159 * torch.tanh(2 / 3 * x)


class C3(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(60, 5, 5))
        self.bias = nn.Parameter(torch.zeros(16))

    def forward(self, x):
        maps, used = [], 0
        for column in range(16):
            inputs = [row for row in range(6) if TABLE[row][column] == "X"]
            kernels = self.weight[used : used + len(inputs)]
            maps.append(F.conv2d(x[:, inputs], kernels[None], self.bias[column : column + 1]))
            used += len(inputs)
        return torch.cat(maps, 1)


class Subsampling(nn.Module):
    def __init__(self, maps):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(maps))
        self.bias = nn.Parameter(torch.zeros(maps))

    def forward(self, x):
        sums = 4 * F.avg_pool2d(x, 2)
        return sums * self.weight[:, None, None] + self.bias[:, None, None]


class Distances(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.register_buffer("weight", torch.zeros(classes, 84))

    def forward(self, x):
        return torch.cdist(x, self.weight) ** 2


class LeNet5(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.c1, self.s2 = nn.Conv2d(1, 6, 5), Subsampling(6)
        self.c3, self.s4 = C3(), Subsampling(16)
        self.c5, self.f6 = nn.Conv2d(16, 120, 5), nn.Linear(120, 84)
        self.output = Distances(num_classes)

    def forward(self, x):
        for layer in (self.c1, self.s2, self.c3, self.s4, self.c5):
            x = squash(layer(x))
        return -0.1 * self.output(squash(self.f6(x.flatten(1))))


CASES = [Case("lenet5_1998", LeNet5, input=(2, 1, 32, 32), gain=0.5, training=True)]
