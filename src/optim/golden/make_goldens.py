"""Trajectories of PyTorch's optimisers and schedules in float64: /usr/bin/python3 make_goldens.py > goldens.json

The problem is logistic regression in two outputs, small enough to read: 5 rows of 3 features.
"""
import json
import math
import torch
from torch import optim
from torch.optim import lr_scheduler as sched

torch.set_default_dtype(torch.float64)
STEPS = 20
x = torch.tensor([[math.sin(1.7 * (3 * i + j) + 0.3) for j in range(3)] for i in range(5)])
y = torch.tensor([[math.cos(2.1 * (2 * i + j)) for j in range(2)] for i in range(5)])
w0 = torch.tensor([[0.5, -0.3, 0.8], [-0.2, 0.1, 0.4]])
b0 = torch.tensor([0.05, -0.1])


def trajectory(make, clip_norm=None, clip_value=None, rate=None):
    w, b = w0.clone().requires_grad_(), b0.clone().requires_grad_()
    optimizer = make(w, b)
    path, losses, norms = [], [], []
    for t in range(STEPS):
        if rate is not None:
            for group in optimizer.param_groups:
                group["lr"] = rate(t)
        optimizer.zero_grad()
        loss = 0.5 * ((torch.tanh(x @ w.T + b) * 2 - y) ** 2).sum(1).mean()
        loss.backward()
        norms.append(torch.sqrt((w.grad ** 2).sum() + (b.grad ** 2).sum()).item())
        if clip_value is not None:
            torch.nn.utils.clip_grad_value_([w, b], clip_value)
        if clip_norm is not None:
            torch.nn.utils.clip_grad_norm_([w, b], clip_norm)
        optimizer.step()
        losses.append(loss.item())
        path.append([*w.detach().flatten().tolist(), *b.detach().tolist()])
    return {"path": path, "losses": losses, "norms": norms}


def both(kind, **options):
    return lambda w, b: kind([w, b], **options)


cases = [
    ("sgd", {"lr": 0.1}, {}, optim.SGD, {"lr": 0.1}),
    ("sgd", {"lr": 0.1, "momentum": 0.9}, {}, optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": 0.01}, {},
     optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("sgd", {"lr": 0.1, "momentum": 0.8, "dampening": 0.3, "weightDecay": 0.02}, {},
     optim.SGD, {"lr": 0.1, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.02}),
    ("sgd", {"lr": 0.2, "momentum": 0.9}, {"clipNorm": 0.3}, optim.SGD, {"lr": 0.2, "momentum": 0.9}),
    ("sgd", {"lr": 0.2}, {"clipValue": 0.1}, optim.SGD, {"lr": 0.2}),
    ("sgd", {"lr": 0.2}, {"clipValue": 0.2, "clipNorm": 0.25}, optim.SGD, {"lr": 0.2}),
    ("adam", {"lr": 0.05}, {}, optim.Adam, {"lr": 0.05}),
    ("adam", {"lr": 0.05, "betas": [0.8, 0.95], "eps": 0.01, "weightDecay": 0.1}, {},
     optim.Adam, {"lr": 0.05, "betas": (0.8, 0.95), "eps": 0.01, "weight_decay": 0.1}),
    ("adamW", {"lr": 0.05}, {}, optim.AdamW, {"lr": 0.05}),
    ("adamW", {"lr": 0.05, "weightDecay": 0.3}, {}, optim.AdamW, {"lr": 0.05, "weight_decay": 0.3}),
    ("adadelta", {}, {}, optim.Adadelta, {}),
    ("adadelta", {"lr": 0.5, "rho": 0.8, "eps": 0.001, "weightDecay": 0.05}, {},
     optim.Adadelta, {"lr": 0.5, "rho": 0.8, "eps": 0.001, "weight_decay": 0.05}),
    ("rmsprop", {}, {}, optim.RMSprop, {}),
    ("rmsprop", {"lr": 0.02, "alpha": 0.9, "momentum": 0.7, "weightDecay": 0.05}, {},
     optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "momentum": 0.7, "weight_decay": 0.05}),
    ("rmsprop", {"lr": 0.02, "centered": True, "momentum": 0.5}, {},
     optim.RMSprop, {"lr": 0.02, "centered": True, "momentum": 0.5}),
]
optimizers = []
for name, options, clip, kind, theirs in cases:
    result = trajectory(both(kind, **theirs), clip.get("clipNorm"), clip.get("clipValue"))
    optimizers.append({"name": name, "options": options, "clip": clip, **result})

# Weight decay on the weight alone, and a bias that learns at twice the rate.
groups = trajectory(lambda w, b: optim.AdamW([
    {"params": [w], "lr": 0.05, "weight_decay": 0.2}, {"params": [b], "lr": 0.1, "weight_decay": 0.0}]))
# A rate that changes under way.
rates = [0.1 * 0.8 ** t for t in range(STEPS)]
scheduled = trajectory(both(optim.SGD, lr=0.1, momentum=0.9), rate=lambda t: rates[t])


def curve(make, base=1.0, steps=STEPS):
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
    scheduler = make(optimizer)
    values = []
    for _ in range(steps):
        values.append(optimizer.param_groups[0]["lr"] / base)
        optimizer.step()
        scheduler.step()
    return values


schedules = {
    "step": curve(lambda o: sched.StepLR(o, step_size=6, gamma=0.3)),
    "cosine": curve(lambda o: sched.CosineAnnealingLR(o, T_max=STEPS)),
    "cosineMin": curve(lambda o: sched.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.1)),
    "oneCycle": curve(lambda o: sched.OneCycleLR(o, max_lr=1.0, total_steps=STEPS)),
    "oneCycleLinear": curve(lambda o: sched.OneCycleLR(
        o, max_lr=1.0, total_steps=STEPS, pct_start=0.25, anneal_strategy="linear",
        div_factor=10, final_div_factor=100)),
    "warmupCosine": curve(lambda o: sched.SequentialLR(o, [
        sched.LinearLR(o, start_factor=0.1, total_iters=5),
        sched.CosineAnnealingLR(o, T_max=STEPS - 5)], milestones=[5])),
    "warmup": curve(lambda o: sched.LinearLR(o, start_factor=0.25, total_iters=4)),
}


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.15g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return value


goldens = {
    "torch": torch.__version__, "x": x.flatten().tolist(), "y": y.flatten().tolist(),
    "weight": w0.flatten().tolist(), "bias": b0.tolist(), "steps": STEPS,
    "optimizers": optimizers, "groups": groups, "rates": rates, "scheduled": scheduled,
    "schedules": schedules,
}
print(json.dumps(rounded(goldens)))
