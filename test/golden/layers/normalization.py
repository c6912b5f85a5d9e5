"""Normalisations that PyTorch 1.13 does not have, element by element from their papers' equations."""

import math

import torch


def rms_norm(x, axes, eps, weight=None):
    """Zhang and Sennrich 2019, equation 4, one row after the other."""
    rows = x.flatten(-axes)
    out = []
    for row in rows.reshape(-1, rows.shape[-1]):
        out.append(row / torch.sqrt(torch.dot(row, row) / row.numel() + eps))
    y = torch.stack(out).reshape(x.shape)
    return y if weight is None else y * weight


def brightness_norm(x, kappa, lam, mu):
    """The lecture's equation 17: the divisor is common to all maps."""
    energy = sum(x[:, j] ** 2 for j in range(x.shape[1]))
    return torch.stack([x[:, i] / (kappa + lam * energy) ** mu for i in range(x.shape[1])], 1)


def neighbourhood_mean(x, r, s, kernel, sigma):
    """The Gaussian mean over all maps around (r, s), of the positions that exist."""
    half = kernel // 2
    total, weights = 0, 0
    for p in range(-half, half + 1):
        for q in range(-half, half + 1):
            if 0 <= r + p < x.shape[2] and 0 <= s + q < x.shape[3]:
                weight = math.exp(-(p * p + q * q) / (2 * sigma * sigma))
                for j in range(x.shape[1]):
                    total = total + weight * x[:, j, r + p, s + q]
                    weights += weight
    return total / weights


def over_positions(x, kernel, sigma):
    """N×H×W of neighbourhood means."""
    return torch.stack(
        [
            torch.stack([neighbourhood_mean(x, r, s, kernel, sigma) for s in range(x.shape[3])], -1)
            for r in range(x.shape[2])
        ],
        -2,
    )


def local_contrast_norm(x, kernel, sigma, divisive, eps):
    """Jarrett et al. 2009, section 2."""
    v = x - over_positions(x, kernel, sigma).unsqueeze(1)
    if not divisive:
        return v
    deviation = torch.sqrt(over_positions(v**2, kernel, sigma).clamp(min=eps**2))
    usual = deviation.mean([1, 2], keepdim=True).expand_as(deviation)
    return v / torch.maximum(deviation, usual).unsqueeze(1)
