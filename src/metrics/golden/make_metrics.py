"""Values of every sample by scikit-learn 1.2, scikit-image 0.19, PyTorch, or formulas written out here:
`npm run golden -- metrics`."""
import json
import sys
import warnings
from functools import partial
import numpy as np
import scipy.special
import skimage.metrics
import sklearn.metrics as M
import torch
import torch.nn.functional as F

warnings.simplefilter("ignore")
nan, inf = np.nan, np.inf
T = torch.tensor


def averaged(score):
    """From a ratio of tp, fp, fn, tn to a function with scikit-learn's arguments."""
    def of(y, p, labels=None, average="binary", zero_division=0, **options):
        counts = [(tp, fp, fn, tn) for (tn, fp), (fn, tp) in M.multilabel_confusion_matrix(y, p, labels=labels)]
        if average == "micro":
            counts = [tuple(np.sum(counts, axis=0))]
        each = []
        for count in counts:
            numerator, denominator = score(*count, **options)
            each.append(zero_division if denominator == 0 else numerator / denominator)
        if average == "binary":
            return each[1]
        support = [tp + fn for tp, fp, fn, tn in counts]
        return {"micro": lambda: each[0], None: lambda: each, "macro": lambda: np.mean(each),
                "weighted": lambda: np.average(each, weights=support)}[average]()
    return of


specificity_score = averaged(lambda tp, fp, fn, tn: (tn, tn + fp))
dice_score = averaged(lambda tp, fp, fn, tn: (2 * tp, 2 * tp + fp + fn))
tversky_score = averaged(lambda tp, fp, fn, tn, alpha, beta: (tp, tp + alpha * fp + beta * fn))


def rate(score, average, zero, y, p, k, task, ignore):
    """A score by task; zero = nan leaves out the classes whose value depends on zero_division."""
    if task == "binary":
        return score(y, p, labels=[0, 1], average=average or "binary", zero_division=zero)
    average = {"none": None, None: "macro"}.get(average, average)
    if task == "labels":
        if ignore is not None:
            return np.mean([score(y[y[:, c] != ignore, c], p[y[:, c] != ignore, c], labels=[0, 1], zero_division=zero)
                            for c in range(k)])
        return score(y, p, average=average, zero_division=zero)
    if np.isnan(zero):
        low = score(y, p, labels=range(k), average=None, zero_division=0)
        high = score(y, p, labels=range(k), average=None, zero_division=1)
        return np.mean([a for a, b in zip(low, high) if a == b])
    return score(y, p, labels=range(k), average=average, zero_division=zero)


def onehot(y, k):
    return np.eye(k, dtype=int)[y]


def roc(y, s, **options):
    fpr, tpr, thresholds = M.roc_curve(y, s, **options)
    return fpr, tpr, [inf, *thresholds[1:]]  # 1.2 gives the largest score + 1 in place of ∞


def binned_counts(y, s, n):
    thresholds = np.arange(n) / (n - 1)
    return (np.array([((s >= t) & (y == 1)).sum() for t in thresholds]),
            np.array([((s >= t) & (y == 0)).sum() for t in thresholds]))


def binned_auc(y, s, n):
    tp, fp = binned_counts(y, s, n)
    return M.auc(np.append(fp / fp[0], 0), np.append(tp / tp[0], 0))


def binned_ap(y, s, n):
    tp, fp = binned_counts(y, s, n)
    precision = np.array([t / (t + f) if t + f else 0 for t, f in zip(tp, fp)])
    return -np.sum(np.diff(np.append(tp / tp[0], 0)) * precision)


def bins_of(hits, confidence, n):
    for b in range(n):
        inside = (confidence > b / n) & (confidence <= (b + 1) / n) | ((b == 0) & (confidence == 0))
        yield b, inside.sum(), np.mean(hits[inside]) if inside.any() else nan, \
            np.mean(confidence[inside]) if inside.any() else nan


def reliability(hits, confidence, n):
    return [[b / n, (b + 1) / n, count, hit, sure] for b, count, hit, sure in bins_of(hits, confidence, n)]


def ece(hits, confidence, n, norm):
    full = [(count / len(hits), abs(hit - sure)) for _, count, hit, sure in bins_of(hits, confidence, n) if count]
    return {"l1": lambda: sum(w * gap for w, gap in full), "l2": lambda: sum(w * gap ** 2 for w, gap in full) ** 0.5,
            "max": lambda: max(gap for _, gap in full)}[norm]()


def report(y, p, k):
    table = M.classification_report(y, p, labels=range(k), target_names=[str(c) for c in range(k)],
                                    output_dict=True, zero_division=0)
    row = lambda name: [table[name][key] for key in ("precision", "recall", "f1-score", "support")]
    if y.ndim > 1:
        averages = [row("micro avg")]
    else:
        averages = [table["accuracy"] if "accuracy" in table else M.accuracy_score(y, p)]
    return [*[row(str(c)) for c in range(k)], *averages, row("macro avg"), row("weighted avg"), row("macro avg")[-1]]


def ssim(y, s, data_range=1, **options):
    options = {"sigma": 1.5, **options}
    return np.mean([skimage.metrics.structural_similarity(
        a, b, channel_axis=0, gaussian_weights=True, use_sample_covariance=False, data_range=data_range, **options)
        for a, b in zip(y, s)])


def ms_ssim(x, y, side, weights):
    """With a window of two dimensions, by PyTorch's convolution."""
    d = torch.arange(side, dtype=torch.float64) - side // 2
    window = torch.exp(-(d[:, None] ** 2 + d[None, :] ** 2) / (2 * 1.5 ** 2))
    window /= window.sum()
    x, y = T(x), T(y)
    blur = lambda a: F.conv2d(a.flatten(0, 1)[:, None], window[None, None]).reshape(*a.shape[:2], -1)
    value = torch.ones(len(x), dtype=torch.float64)
    for scale, weight in enumerate(weights):
        mx, my = blur(x), blur(y)
        cs = (2 * (blur(x * y) - mx * my) + 0.03 ** 2) / (blur(x * x) - mx ** 2 + blur(y * y) - my ** 2 + 0.03 ** 2)
        light = (2 * mx * my + 0.01 ** 2) / (mx ** 2 + my ** 2 + 0.01 ** 2)
        term = cs * light if scale == len(weights) - 1 else cs
        value = value * torch.relu(term.mean((1, 2))) ** weight
        x, y = F.avg_pool2d(x, 2), F.avg_pool2d(y, 2)
    return value.mean()


def names_of(draw, scores, labels):
    """s, y, p and k for an expression; maps are laid out as examples, and what is ignored is left out."""
    n, s, y = draw["n"], np.array(scores), np.array(labels)
    if "values" in draw:
        shape = [n, *draw["values"]]
        return dict(s=s.reshape(shape), y=y.reshape(shape))
    pixels, ignore = draw.get("pixels", 1), draw.get("ignoreIndex")
    k = draw.get("classes", draw.get("labels"))
    task = "classes" if "classes" in draw else "labels" if "labels" in draw else "binary"
    rows = lambda a: a.reshape(n, k, pixels).transpose(0, 2, 1).reshape(-1, k)
    y = (rows(y) if task == "labels" else y).astype(int)
    given = draw.get("scores") == "classes"
    s = s if task == "binary" or given else rows(s)
    if task != "labels" and ignore is not None:
        s, y = s[y != ignore], y[y != ignore]
    if given:
        p = s.astype(int)
    elif task == "classes":
        p = s.argmax(1)
    else:
        p = (s > draw.get("threshold", 0.5)).astype(int)
    by_task = lambda score, average, zero: rate(score, average, zero, y, p, k, task, ignore)
    return dict(s=s, y=y, p=p, k=k, rate=by_task)


def plain(value):
    """As one flat list; JSON knows neither NaN nor ∞."""
    if isinstance(value, (list, tuple)) or (isinstance(value, (np.ndarray, torch.Tensor)) and value.ndim):
        return [x for part in value for x in plain(part)]
    value = float(value)
    return [value if np.isfinite(value) else str(value)]


samples_path, goldens_path = sys.argv[1:]
with open(samples_path) as file:
    samples = json.load(file)
goldens = {}
for sample in samples:
    names = names_of(sample["draw"], sample["scores"], sample["labels"])
    try:
        goldens[sample["title"]] = plain(eval(sample["expected"], {**globals(), **names}))
    except Exception as error:
        raise RuntimeError(f"{sample['title']}: {sample['expected']}") from error
rows = ",\n".join(f"{json.dumps(title, ensure_ascii=False)}: {json.dumps(values)}" for title, values in goldens.items())
with open(goldens_path, "w") as file:
    file.write("{\n" + rows + "\n}\n")
