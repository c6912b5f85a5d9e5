"""Losses and their gradients by PyTorch in float64: /usr/bin/python3 make_goldens.py > goldens.json"""
import json
import math
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
N, K = 5, 4
logits = torch.tensor([[3 * math.sin(1.3 * (K * i + j) + 0.2) for j in range(K)] for i in range(N)])
maps = torch.tensor([2 * math.cos(0.9 * i) for i in range(2 * 3 * 2 * 2)]).reshape(2, 3, 2, 2)
labels = torch.tensor([2, 0, 3, 3, 1])
map_labels = torch.tensor([0, 2, 1, 1, 2, 2, 0, 1]).reshape(2, 2, 2)
soft = torch.softmax(torch.tensor([[math.cos(i * j) for j in range(K)] for i in range(N)]), 1)
weight = torch.tensor([0.5, 1.5, 1.0, 2.0])

cases = []
for target in ("labels", "soft", "maps"):
    for weighted in (False, True):
        for smoothing in (0.0, 0.1):
            for reduction in ("mean", "sum", "none"):
                x = (maps if target == "maps" else logits).clone().requires_grad_()
                t = {"labels": labels, "soft": soft, "maps": map_labels}[target]
                w = weight[: x.shape[1]] if weighted else None
                loss = F.cross_entropy(x, t, weight=w, label_smoothing=smoothing, reduction=reduction)
                loss.sum().backward()
                cases.append({
                    "target": target, "weighted": weighted, "labelSmoothing": smoothing,
                    "reduction": reduction, "loss": loss.detach().flatten().tolist(),
                    "gradient": x.grad.flatten().tolist()})


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.15g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return value


print(json.dumps(rounded({
    "torch": torch.__version__, "logits": logits.flatten().tolist(), "maps": maps.flatten().tolist(),
    "labels": labels.tolist(), "mapLabels": map_labels.flatten().tolist(),
    "soft": soft.flatten().tolist(), "weight": weight.tolist(), "cases": cases})))
