"""Pooling that PyTorch does not have, window by window from the papers' equations."""

import torch


def each_window(x, kernel, stride, f):
    """f of each window, flattened to N×C×k, put together to N×C×H′×W′."""
    height = (x.shape[2] - kernel[0]) // stride[0] + 1
    width = (x.shape[3] - kernel[1]) // stride[1] + 1
    rows = []
    for i in range(height):
        row = []
        for j in range(width):
            top, left = i * stride[0], j * stride[1]
            window = x[:, :, top : top + kernel[0], left : left + kernel[1]]
            row.append(f(window.flatten(2)))
        rows.append(torch.stack(row, -1))
    return torch.stack(rows, -2)


def sum_pool2d(x, kernel, stride):
    return each_window(x, kernel, stride, lambda w: w.sum(-1))


def median_pool2d(x, kernel, stride):
    return each_window(x, kernel, stride, lambda w: w.median(-1).values)


def stochastic_pool2d(x, kernel, stride):
    """Zeiler and Fergus 2013, equations 4 and 6: in evaluation each activation is weighted by its probability."""

    def expected(window):
        a = window * (window > 0)
        total = a.sum(-1, keepdim=True)
        p = torch.where(total > 0, a / total.clamp(min=1e-300), torch.zeros_like(a))
        return (p * a).sum(-1)

    return each_window(x, kernel, stride, expected)


def trainable_subsampling2d(x, p, kernel, stride):
    """LeCun et al. 1998, section II-B: a map's inputs are added, multiplied by its coefficient, and its bias added."""
    maps = []
    for c in range(x.shape[1]):
        added = each_window(x[:, c : c + 1], kernel, stride, lambda w: w.sum(-1))
        maps.append(added * p["weight"][c] + p["bias"][c])
    return torch.cat(maps, 1)
