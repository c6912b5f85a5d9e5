"""What the golden scripts of the architectures share: weights by a formula, and what is recorded of a network.

Nothing large is committed: a weight is a function of its name, its place and its shape (`filled`), and of a network are kept
its states' names and shapes as one hash, its outputs, and the norm of every parameter's gradient. In evaluation mode, for
L = Σ output · filled("target"); where a case asks for it, the outputs in training mode too, without dropout.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn
from torchvision.ops import StochasticDepth

# Outputs kept of a network, evenly spaced.
KEPT = 64


@dataclass
class Case:
    name: str
    make: object
    input: tuple = (2, 3, 64, 64)
    classes: int = 10
    # Of weights that multiply, on He's bound: below 1 where the sums of many blocks would grow without measure.
    gain: float = 1.0
    # Compared in `npm run test:slow` only.
    slow: bool = False
    training: bool = False
    # convkit's name, where a model has several cases.
    model: str = ""
    # What convkit's createModel is asked for beside the input's shape and the classes.
    request: dict = field(default_factory=dict)


def fnv1a(text):
    h = 0x811C9DC5
    for byte in text.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def noise(name, count):
    """Numbers in [−1, 1): the finaliser of MurmurHash3 over seed and place."""
    with np.errstate(over="ignore"):
        x = np.uint32(fnv1a(name)) + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
        x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        x = x ^ (x >> np.uint32(16))
    return x.astype(np.float64) / 2**31 - 1


def filled(name, shape, gain=1.0):
    shape = list(shape)
    u = noise(name, math.prod(shape))
    last = name.split(".")[-1]
    if last == "running_var":
        values = 1 + 0.25 * u
    elif last in ("layer_scale", "gamma"):
        values = 0.3 + 0.1 * u
    elif len(shape) < 2:
        values = (1 if last == "weight" else 0) + 0.1 * u
    else:
        values = gain * math.sqrt(6 / math.prod(shape[1:])) * u
    return torch.from_numpy(values.astype(np.float32)).reshape(shape)


def is_state(name, value):
    """Counts of batches and tables of places are no numbers that a network computes with."""
    return value.dtype.is_floating_point


def fill(net, gain):
    with torch.no_grad():
        for name, value in net.state_dict().items():
            if is_state(name, value):
                value.copy_(filled(name, value.shape, gain))


def states_hash(net):
    lines = sorted(
        f"{name} {'x'.join(map(str, value.shape))}" for name, value in net.state_dict().items() if is_state(name, value)
    )
    return fnv1a("\n".join(lines))


def tree(values):
    """`{"a.b": 1}` as `{"a": {"b": 1}}`, since paths repeat themselves."""
    root = {}
    for path, value in values.items():
        *parts, last = path.split(".")
        at = root
        for part in parts:
            at = at.setdefault(part, {})
        at[last] = value
    return root


def outputs_of(result):
    """The first output, and those beside it by name."""
    if isinstance(result, torch.Tensor):
        return result, {}
    if isinstance(result, dict):
        named = dict(result)
    elif hasattr(result, "_asdict"):
        named = result._asdict()
    else:
        raise TypeError(f"{type(result)}")
    first = next(iter(named))
    return named[first], {name: value for name, value in named.items() if name != first and value is not None}


def kept(values):
    flat = values.detach().flatten()
    count = min(KEPT, flat.numel())
    return [float(flat[i * flat.numel() // count]) for i in range(count)]


def record(case):
    torch.manual_seed(0)
    net = case.make(num_classes=case.classes).double()
    for module in net.modules():
        if isinstance(module, (nn.Dropout, nn.Dropout2d, StochasticDepth)):
            module.p = 0.0
    fill(net, case.gain)
    net.eval()
    x = (filled("input", case.input) / math.sqrt(6 / math.prod(case.input[1:]))).double()
    y, _ = outputs_of(net(x))
    target = noise("target", y.numel())
    (y * torch.from_numpy(target).reshape(y.shape)).sum().backward()
    golden = {
        **({"model": case.model} if case.model else {}),
        "input": list(case.input),
        "classes": case.classes,
        "gain": case.gain,
        "slow": case.slow,
        "request": case.request,
        "states": states_hash(net),
        "parameters": sum(p.numel() for p in net.parameters()),
        "output": list(y.shape),
        "values": kept(y),
        "gradients": tree({name: float(p.grad.norm()) for name, p in net.named_parameters() if p.grad is not None}),
    }
    if case.training:
        net.train()
        first, others = outputs_of(net(x))
        golden["training"] = {"values": kept(first), **{name: kept(value) for name, value in others.items()}}
    return golden
