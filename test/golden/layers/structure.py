"""Ways to put layers together that PyTorch leaves to its users."""

from collections import OrderedDict

from torch import nn


def named(**layers):
    return nn.Sequential(OrderedDict(layers))


class Parallel(nn.Module):
    def __init__(self, join, branches):
        super().__init__()
        self.join = join
        for name, branch in branches.items():
            self.add_module(name, branch)

    def forward(self, x):
        results = [branch(x) for branch in self.children()]
        if self.join == "concat":
            y = x.new_empty(x.shape[0], sum(r.shape[1] for r in results), *results[0].shape[2:])
            start = 0
            for r in results:
                y[:, start : start + r.shape[1]] = r
                start += r.shape[1]
            return y
        y = 0
        for r in results:
            y = y + (r if self.join == "sum" else r / len(results))
        return y


class Residual(nn.Module):
    def __init__(self, body, shortcut=None, activation=None):
        super().__init__()
        self.body = body
        self.shortcut = shortcut or nn.Identity()
        self.activation = activation or nn.Identity()

    def forward(self, x):
        return self.activation(self.shortcut(x) + self.body(x))
