"""Trajectories of optimisers and curves of schedules in float64: `npm run golden -- optim`.

The samples come from test/golden/export-optim.ts, each with the expression in PyTorch that means the same: an optimiser of
`params`, or a scheduler of `o`, an optimiser of rate 1. What PyTorch 1.13 does not have is in optimizers.py.

The problem is logistic regression in two outputs, small enough to read: 5 rows of 3 features.
"""

import json
import math
import sys

import optimizers
import torch
from golden_files import write
from torch import optim
from torch.optim import lr_scheduler as sched

STEPS = 20
CURVE = 100
EPOCH = 4

torch.set_default_dtype(torch.float64)
x = torch.tensor([[math.sin(1.7 * (3 * i + j) + 0.3) for j in range(3)] for i in range(5)])
y = torch.tensor([[math.cos(2.1 * (2 * i + j)) for j in range(2)] for i in range(5)])
w0 = torch.tensor([[0.5, -0.3, 0.8], [-0.2, 0.1, 0.4]])
b0 = torch.tensor([0.05, -0.1])
names = {**vars(optimizers), "optim": optim, "sched": sched, "torch": torch}


def trajectory(torch_expression, clip, rate=None):
    """After each step the weights, before it the loss and the norm of its gradient, unclipped."""
    w, b = w0.clone().requires_grad_(), b0.clone().requires_grad_()
    optimizer = eval(torch_expression, {**names, "params": [w, b]})
    path, losses, norms = [], [], []
    for t in range(STEPS):
        if rate is not None:
            for group in optimizer.param_groups:
                group["lr"] = rate[t]
        seen = []

        def closure():
            w.grad = b.grad = None
            with torch.enable_grad():
                loss = 0.5 * ((torch.tanh(x @ w.T + b) * 2 - y) ** 2).sum(1).mean()
                loss.backward()
            seen.append((loss.item(), torch.sqrt((w.grad**2).sum() + (b.grad**2).sum()).item()))
            if "clipValue" in clip:
                torch.nn.utils.clip_grad_value_([w, b], clip["clipValue"])
            if "clipNorm" in clip:
                torch.nn.utils.clip_grad_norm_([w, b], clip["clipNorm"])
            return loss

        optimizer.step(closure)
        losses.append(seen[0][0])
        norms.append(seen[-1][1])
        path.append([*w.detach().flatten().tolist(), *b.detach().tolist()])
    return {"path": path, "losses": losses, "norms": norms}


def curve(torch_expression, history):
    o = optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = eval(torch_expression, {**names, "o": o})
    rates = []
    for t in range(CURVE):
        rates.append(o.param_groups[0]["lr"])
        o.step()
        if history is None:
            scheduler.step()
        elif t % EPOCH == EPOCH - 1:
            scheduler.step(history[t // EPOCH])
    return rates


samples_path, goldens_path = sys.argv[1:]
with open(samples_path) as file:
    samples = json.load(file)

rates = [0.1 * 0.8**t for t in range(STEPS)]
tensors = {"x": x, "y": y, "weight": w0, "bias": b0, "rates": rates}
# A rate that changes under way.
tensors["scheduled"] = trajectory("optim.SGD(params, lr=0.1, momentum=0.9)", {}, rates)["path"]
for sample in samples["optimizers"]:
    for key, value in trajectory(sample["torch"], sample["clip"]).items():
        tensors[f"{sample['title']}/{key}"] = value
for sample in samples["schedules"]:
    tensors[sample["title"]] = curve(sample["torch"], sample.get("history"))
kept = {name: torch.as_tensor(value, dtype=torch.float64) for name, value in tensors.items()}
write(goldens_path, kept, {"torch": torch.__version__, "samples": json.dumps(samples, ensure_ascii=False)})
