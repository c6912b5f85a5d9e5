"""Losses that PyTorch does not have, from their papers' equations; autograd gives the gradients."""

import torch


def reduce(loss, reduction):
    return {"mean": loss.mean, "sum": loss.sum, "none": loss.clone}[reduction]()


def squared_error(x, y, reduction):
    return reduce(torch.stack([(a - b).pow(2).sum() / 2 for a, b in zip(x, y)]), reduction)


def hinge(x, y, margin=1.0, power=1, reduction="mean"):
    lacking = margin - y * x
    return reduce(torch.where(lacking > 0, lacking, 0 * lacking).pow(power), reduction)


def softmax_focal(x, y, gamma=2, weight=None, reduction="mean"):
    """Example by example: -w (1 - p)^gamma log p of the label's probability."""
    rows = x.movedim(1, -1).reshape(-1, x.shape[1])
    terms = []
    for scores, label in zip(rows, y.flatten().tolist()):
        if label == -100:
            terms.append(0 * scores.sum())
            continue
        others = torch.cat([scores[:label], scores[label + 1 :]])
        log_p = scores[label] - torch.logsumexp(scores, 0)
        missed = torch.exp(torch.logsumexp(others, 0) - torch.logsumexp(scores, 0))
        terms.append(-(1 if weight is None else weight[label]) * missed.pow(gamma) * log_p)
    loss = torch.stack(terms).reshape(y.shape)
    return loss.sum() / (y != -100).sum() if reduction == "mean" else reduce(loss, reduction)


def js_divergence(p, q, reduction):
    """As entropies: H(m) - (H(p) + H(q)) / 2, with p and q as they are, not normalised."""
    m = (p + q) / 2
    entropy = lambda t: -(t * t.log()).sum(1)
    return reduce(entropy(m) - (entropy(p) + entropy(q)) / 2, reduction)


def contrastive(a, b, y, margin, reduction):
    d = torch.cdist(a[:, None], b[:, None]).flatten()
    near = torch.where(y == 0, d**2 / 2, 0 * d)
    return reduce(near + torch.where(y == 1, (margin - d).clamp(min=0) ** 2 / 2, 0 * d), reduction)


def total_variation(x, isotropic, reduction):
    images = []
    for image in x:
        total = 0
        for plane in image:
            for i in range(plane.shape[0]):
                for j in range(plane.shape[1]):
                    down = plane[i + 1, j] - plane[i, j] if i + 1 < plane.shape[0] else 0 * plane[i, j]
                    right = plane[i, j + 1] - plane[i, j] if j + 1 < plane.shape[1] else 0 * plane[i, j]
                    if isotropic:
                        total = total + torch.stack([down, right]).norm()
                    else:
                        total = total + down.abs() + right.abs()
        images.append(total)
    return reduce(torch.stack(images), reduction)
