"""Losses that PyTorch does not have, from their papers' equations; autograd gives the gradients."""

import torch
import torch.nn.functional as F


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


def segmentation(x, y, ignore, from_logits):
    """For each class the lists of probabilities and truths of the pixels that count, image by image."""
    if from_logits:
        x = torch.exp(x - torch.logsumexp(x, 1, keepdim=True)) if x.shape[1] > 1 else 1 / (1 + torch.exp(-x))
    images = []
    for p, t in zip(x, y):
        p = p.reshape(len(p), -1)
        if t.is_floating_point():
            images.append([(row, truth) for row, truth in zip(p, t.reshape(p.shape))])
            continue
        t = t.flatten()
        kept = t != ignore
        classes = [1] if len(p) == 1 else range(len(p))
        images.append([(row[kept], (t[kept] == c).double()) for row, c in zip(p, classes)])
    return images


def overlap(x, y, score, ignore=-100, from_logits=True, per_image=True, without=(), reduction="mean"):
    """`score` of every class of every image, or of the batch."""
    images = segmentation(x, y, ignore, from_logits)
    if not per_image:
        images = [[tuple(map(torch.cat, zip(*parts))) for parts in zip(*images)]]
    rows = [[score(p, g) for c, (p, g) in enumerate(image) if c not in without] for image in images]
    losses = torch.stack([torch.stack(row) for row in rows])
    return reduce(losses if per_image else losses[0], reduction)


def dice(x, y, squared=True, smooth=1, **how):
    k = 2 if squared else 1
    return overlap(
        x, y, lambda p, g: 1 - (2 * p @ g + smooth) / ((p**k).sum() + (g**k).sum() + smooth), **how
    )


def tversky(x, y, alpha=0.3, beta=0.7, smooth=1, gamma=1, **how):
    def score(p, g):
        tp, fp, fn = p @ g, p @ (1 - g), (1 - p) @ g
        return (1 - (tp + smooth) / (tp + alpha * fp + beta * fn + smooth)) ** (1 / gamma)

    return overlap(x, y, score, **how)


def jaccard(x, y, smooth=1, **how):
    return overlap(
        x, y, lambda p, g: 1 - (p @ g + smooth) / ((p + g - p * g).sum() + smooth), **how
    )


def lovasz(errors, truth):
    """Errors in falling order, times what each adds to the set function 1 - |A and B| / |A or B|."""

    def jaccard_loss(wrong):
        true = {i for i, t in enumerate(truth.tolist()) if t}
        said = true ^ wrong
        return 1 - len(true & said) / len(true | said) if true | said else 0

    loss, wrong, before = 0 * errors.sum(), set(), 0
    for i in sorted(range(len(errors)), key=lambda i: -errors[i].item()):
        wrong.add(i)
        after = jaccard_loss(wrong)
        loss = loss + errors[i] * (after - before)
        before = after
    return loss


def lovasz_softmax(x, y, classes=None, ignore=-100, from_logits=True):
    images = segmentation(x, y, ignore, from_logits)
    batch = [tuple(map(torch.cat, zip(*parts))) for parts in zip(*images)]
    chosen = [(p, g) for c, (p, g) in enumerate(batch) if (g.any() if classes is None else c in classes)]
    return sum(lovasz((g - p).abs(), g) for p, g in chosen) / len(chosen)


def lovasz_softmax_images(x, y, reduction, **how):
    return reduce(torch.stack([lovasz_softmax(a[None], b[None], **how) for a, b in zip(x, y)]), reduction)


def lovasz_hinge(x, y, ignore=-100):
    kept = y != ignore
    x, y = x[kept], y[kept].double()
    errors = 1 - x * (2 * y - 1)
    return lovasz(torch.where(errors > 0, errors, 0 * errors), y)


def lovasz_hinge_images(x, y, reduction):
    return reduce(torch.stack([lovasz_hinge(a, b) for a, b in zip(x, y)]), reduction)


def gram_matrix(features):
    n, c, h, w = features.shape
    rows = [[(f[i] * f[j]).sum() / (c * h * w) for j in range(c)] for f in features for i in range(c)]
    return torch.stack([torch.stack(row) for row in rows]).reshape(n, c, c)


def features_of(x):
    """Outputs of the three layers of src/losses/sample-network.ts."""

    def known(*shape):
        i = torch.arange(torch.Size(shape).numel())
        return (((i * i + 3 * i) % 11 - 5).double() / 8).reshape(shape)

    first = F.conv2d(x, known(4, 2, 3, 3), known(4))
    second = torch.relu(first)
    return [first, second, F.conv2d(second, known(3, 4, 2, 2), known(3))]


def perceptual(x, y, layers, distance):
    a, b = features_of(x), features_of(y)
    return sum(w * distance(a[i], b[i]) for i, w in layers.items())


def style(x, y, layers):
    a, b = features_of(x), features_of(y)
    return sum(
        w * (gram_matrix(a[i]) - gram_matrix(b[i])).pow(2).sum() / len(x) for i, w in layers.items()
    )


def bce_of(logits, label):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def slope_penalty(critic, x):
    """Image by image, so that nothing relies on the images not mixing."""
    penalties = []
    for image in x:
        score = critic(image[None]).sum()
        (slope,) = torch.autograd.grad(score, image, create_graph=True)
        penalties.append((slope.norm() - 1) ** 2)
    return torch.stack(penalties).mean()
