"""Layers in which every output sees every input, from their papers' equations where PyTorch has none."""


def rbf(x, w):
    """LeCun et al. 1998, equation 7, multiplied out: |x|² − 2·x·w + |w|²."""
    return (x**2).sum(1, keepdim=True) - 2 * x @ w.T + (w**2).sum(1)
