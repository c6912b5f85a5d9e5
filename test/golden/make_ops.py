"""Golden results of ops and their gradients, made with PyTorch in float64: `npm run golden -- ops`.

The samples come from export-ops.ts, each with the expression in PyTorch that means the same as the op: a, b, c
are its inputs (x is a, w is b), `attrs` its attributes. The functions below say in PyTorch's terms what PyTorch has
under another form: four-sided padding, gradients as ops, positions in a window.
"""

import json
import sys

import torch
import torch.nn.functional as F
from golden_files import TO_TORCH, read, write


def sides(attrs):
    """Our top, bottom, left, right as F.pad's left, right, top, bottom."""
    top, bottom, left, right = attrs["padding"]
    return [left, right, top, bottom]


def conv2d(x, w, attrs):
    if attrs.get("flip"):
        w = torch.flip(w, [2, 3])
    return F.conv2d(
        F.pad(x, sides(attrs)), w, None, attrs["stride"], 0, attrs["dilation"], attrs["groups"]
    )


def conv2d_input_grad(ct, w, attrs):
    x = ct.new_zeros([ct.shape[0], w.shape[1] * attrs["groups"], *attrs["inputSize"]])
    x.requires_grad_()
    return torch.autograd.grad(conv2d(x, w, attrs), x, ct, create_graph=True)[0]


def conv2d_weight_grad(x, ct, attrs):
    w = x.new_zeros([ct.shape[1], x.shape[1] // attrs["groups"], *attrs["kernelSize"]])
    w.requires_grad_()
    return torch.autograd.grad(conv2d(x, w, attrs), w, ct, create_graph=True)[0]


def conv_transpose2d(x, w, attrs):
    y = F.conv_transpose2d(
        x, w, None, attrs["stride"], 0, attrs["outputPadding"], attrs["groups"], attrs["dilation"]
    )
    top, bottom, left, right = attrs["padding"]
    return y[:, :, top : y.shape[2] - bottom, left : y.shape[3] - right]


def matmul(a, b, attrs):
    return (a.mT if attrs["transposeA"] else a) @ (b.mT if attrs["transposeB"] else b)


def symmetric(attrs):
    """PyTorch's own padding, where it has this one; ceil mode counts it in its own way."""
    top, bottom, left, right = attrs["padding"]
    kernel = attrs["kernel"]
    if top == bottom and left == right and 2 * top <= kernel[0] and 2 * left <= kernel[1]:
        return [top, left]
    assert not attrs["ceilMode"]
    return None


def max_pool2d(x, attrs):
    """The largest elements, and where in their windows they stand."""
    own = symmetric(attrs)
    top, _, left, _ = attrs["padding"]
    padded = x if own else F.pad(x, sides(attrs), value=-torch.inf)
    y, flat = F.max_pool2d(
        padded,
        attrs["kernel"],
        attrs["stride"],
        own or 0,
        attrs["dilation"],
        attrs["ceilMode"],
        return_indices=True,
    )
    first = [top, left] if own else [0, 0]
    width = padded.shape[3]
    oh = torch.arange(y.shape[2])[:, None]
    ow = torch.arange(y.shape[3])
    kh = (flat // width - oh * attrs["stride"][0] + first[0]) // attrs["dilation"][0]
    kw = (flat % width - ow * attrs["stride"][1] + first[1]) // attrs["dilation"][1]
    return y, kh * attrs["kernel"][1] + kw


def places(indices, attrs):
    """Flat positions in an image padded so far that every window lies inside, its width, and the margins."""
    top, _, left, _ = attrs["padding"]
    margin = 64
    oh = torch.arange(indices.shape[2])[:, None]
    ow = torch.arange(indices.shape[3])
    kh, kw = indices // attrs["kernel"][1], indices % attrs["kernel"][1]
    row = oh * attrs["stride"][0] - top + kh * attrs["dilation"][0] + margin
    column = ow * attrs["stride"][1] - left + kw * attrs["dilation"][1] + margin
    width = 3 * margin
    return (row * width + column).flatten(2), width, margin


def max_pool2d_grad(ct, indices, attrs):
    flat, width, margin = places(indices, attrs)
    dx = ct.new_zeros([*ct.shape[:2], width * width]).scatter_add(2, flat, ct.flatten(2))
    height_in, width_in = attrs["inputSize"]
    dx = dx.unflatten(2, (width, width))
    return dx[:, :, margin : margin + height_in, margin : margin + width_in]


def max_pool2d_take(x, indices, attrs):
    flat, width, margin = places(indices, attrs)
    right, below = width - margin - x.shape[3], width - margin - x.shape[2]
    padded = F.pad(x, [margin, right, margin, below])
    return padded.flatten(2).gather(2, flat).reshape(indices.shape)


def avg_pool2d(x, attrs):
    kernel, stride, ceil = attrs["kernel"], attrs["stride"], attrs["ceilMode"]
    own = symmetric(attrs)
    if own:
        return F.avg_pool2d(x, kernel, stride, own, ceil, attrs["countIncludePad"])

    def total(t):
        return F.avg_pool2d(F.pad(t, sides(attrs)), kernel, stride, 0, divisor_override=1)

    count = kernel[0] * kernel[1] if attrs["countIncludePad"] else total(torch.ones_like(x))
    return total(x) / count


def avg_pool2d_grad(ct, attrs):
    x = ct.new_zeros([*ct.shape[:2], *attrs["inputSize"]]).requires_grad_()
    return torch.autograd.grad(avg_pool2d(x, attrs), x, ct, create_graph=True)[0]


def pad(x, attrs):
    by = [n + 1 for n in attrs["interior"]]
    inner = [(n - 1) * step + 1 for n, step in zip(x.shape, by)]
    size = [b + n + a for b, n, a in zip(attrs["before"], inner, attrs["after"])]
    y = torch.full(size, attrs["value"], dtype=x.dtype)
    y[tuple(slice(b, b + n, s) for b, n, s in zip(attrs["before"], inner, by))] = x
    return y


def scatter_add(src, index, attrs):
    size = list(src.shape)
    size[attrs["axis"]] = attrs["size"]
    return src.new_zeros(size).scatter_add(attrs["axis"], index.long(), src)


def main(samples, goldens):
    given, metadata = read(samples)
    cases = json.loads(metadata["cases"])
    kept = {}
    for number, case in enumerate(cases):
        inputs = []
        for i, kind in enumerate(case["inputs"]):
            value = given[f"{number}/x{i}"]
            kept[f"{number}/x{i}"] = value
            # A copy, so that no expression writes into what is kept.
            inputs.append(value.to(TO_TORCH[kind["dtype"]], copy=True))
        floats = [i for i, x in enumerate(inputs) if x.is_floating_point()]
        for i in floats:
            inputs[i].requires_grad_()
        names = {"torch": torch, "F": F, "attrs": case["attrs"], "inputs": inputs}
        names |= dict(zip("abc", inputs)) | dict(zip("xw", inputs))
        y = eval(case.pop("torch"), {**globals(), **names})
        exact = y.is_floating_point()
        kept[f"{number}/y"] = y if exact else y.to(torch.int32)
        if not (exact and y.requires_grad):
            continue
        ct = given[f"{number}/ct"]
        kept[f"{number}/ct"] = ct
        wrt = [inputs[i] for i in floats]
        found = torch.autograd.grad(y, wrt, ct.double(), allow_unused=True)
        for i, gradient in zip(floats, found):
            kept[f"{number}/g{i}"] = torch.zeros_like(inputs[i]) if gradient is None else gradient
    text = json.dumps(cases, separators=(",", ":"), ensure_ascii=False)
    write(goldens, kept, {"cases": text, "torch": torch.__version__})


if __name__ == "__main__":
    main(*sys.argv[1:])
