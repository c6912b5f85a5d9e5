"""Activations that PyTorch 1.13 does not have, from their equations; autograd gives the gradients."""

import torch


def scaled_tanh(x):
    e = torch.exp(4 * x / 3)
    return 1.7159 * (e - 1) / (e + 1)


def quick_gelu(x):
    return x / (1 + torch.exp(-1.702 * x))


def hard_mish(x):
    return 0.5 * x * (x + 2).clamp(min=0, max=2)


def smooth_abs(k):
    """(2/k)·ln cosh(kx/2), which is the formula rearranged."""
    return lambda x: 2 / k * torch.log(torch.cosh(k * x / 2))


def maxout(pieces):
    def layer(x):
        groups = [x[:, c : c + pieces] for c in range(0, x.shape[1], pieces)]
        return torch.stack([group.max(1).values for group in groups], 1)

    return layer


def gain(x, p):
    g = p["weight"]
    return torch.stack([g[c] * x[:, c] for c in range(len(g))], 1)


def gain_of_tanh(x, p):
    return gain(torch.tanh(x), p)
