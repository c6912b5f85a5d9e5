"""Convolutions that PyTorch does not have, from their papers' equations."""

import torch
import torch.nn.functional as F
from torch import nn

# LeCun et al. 1998, Table I, row by row as it is printed: an X joins the row's map of S2 to the column's map of C3.
TABLE_I = """
X...XXX..XXXX.XX
XX...XXX..XXXX.X
XXX...XXX..X.XXX
.XXX..XXXX..X.XX
..XXX..XXXX.XX.X
...XXX..XXXX.XXX
"""
rows = TABLE_I.split()
LENET5 = [[i for i in range(6) if rows[i][o] == "X"] for o in range(16)]


class SeparableConv2d(nn.Module):
    def __init__(self, i, o, m, k, **window):
        super().__init__()
        self.depthwise = nn.Conv2d(i, i * m, k, groups=i, bias=False, **window)
        self.pointwise = nn.Conv2d(i * m, o, 1)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


separable_conv2d = SeparableConv2d(3, 4, 2, 3, stride=2, padding=1, dilation=2)


def partial_conv2d(x, p, table, stride, padding):
    """Each connection by itself, one channel at a time."""
    maps, j = [], 0
    for o, inputs in enumerate(table):
        y = p["bias"][o]
        for i in inputs:
            y = y + F.conv2d(x[:, i : i + 1], p["weight"][j][None, None], None, stride, padding)
            j += 1
        maps.append(y)
    return torch.cat(maps, 1)


def filter2d(x, kernel):
    """Sums of shifted images, mirrored at the edges."""
    rows, columns = len(kernel), len(kernel[0])
    height, width = x.shape[2:]
    mirrored = F.pad(x, [columns // 2] * 2 + [rows // 2] * 2, "reflect")
    return sum(
        kernel[i][j] * mirrored[:, :, i : i + height, j : j + width]
        for i in range(rows)
        for j in range(columns)
    )
