"""Golden results of layers, made with PyTorch in float64: forward, gradients of inputs and parameters, and buffers
after a training step: `npm run golden -- <family>`.

The samples come from export-layers.ts, each with the expression in PyTorch that means the same as the layer: a module,
or a function of the inputs and, where there are states, of `p`, which holds them by name. What PyTorch does not have is
written from the papers' equations in layers/<family>.py, where such expressions find it.
"""

import importlib.util
import json
import pathlib
import sys

import torch
import torch.nn.functional as F
import torchvision
from golden_files import TO_TORCH, read, write
from torch import nn


def independent(family):
    """The functions of layers/<family>.py."""
    path = pathlib.Path(__file__).parent / "layers" / f"{family}.py"
    if not path.exists():
        return {}
    spec = importlib.util.spec_from_file_location(family, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return vars(module)


def run(case, number, given, names):
    inputs = [
        given[f"{number}/x{i}"].to(TO_TORCH[dtype], copy=True)
        for i, dtype in enumerate(case["dtypes"])
    ]
    floats = [i for i, x in enumerate(inputs) if x.is_floating_point()]
    for i in floats:
        inputs[i].requires_grad_()
    states = {name: given[f"{number}/s/{name}"] for name in case["states"]}
    states = {k: v.double() if v.is_floating_point() else v.long() for k, v in states.items()}
    layer = eval(case["torch"], names)
    after = {}
    if isinstance(layer, nn.Module):
        layer.double().train(case["training"])
        layer.load_state_dict(states)
        trained = dict(layer.named_parameters())
        assert set(trained) == set(case["parameters"]), (case["title"], set(trained))
        y = layer(*inputs)
        y = y[0] if isinstance(y, tuple) else y
        if case["training"]:
            after = {name: value for name, value in layer.state_dict().items() if name not in trained}
    else:
        trained = {name: states[name].requires_grad_() for name in case["parameters"]}
        y = layer(*inputs, **({"p": states} if states else {}))
    ct = given[f"{number}/ct"].double()
    assert y.shape == ct.shape, f"{case['title']}: PyTorch gives {list(y.shape)}, not {list(ct.shape)}"
    wrt = [inputs[i] for i in floats] + list(trained.values())
    found = torch.autograd.grad(y, wrt, ct, allow_unused=True) if y.requires_grad else []
    labels = [f"g{i}" for i in floats] + [f"g/{name}" for name in trained]
    kept = {"y": y}
    for label, value, gradient in zip(labels, wrt, found):
        kept[label] = torch.zeros_like(value) if gradient is None else gradient
    for name, value in after.items():
        kept[f"after/{name}"] = value.double()
    return kept


def main(samples, goldens):
    given, metadata = read(samples)
    cases = json.loads(metadata["cases"])
    names = {"torch": torch, "torchvision": torchvision, "F": F, "nn": nn}
    names |= independent(metadata["family"])
    kept, headers = {}, []
    for number, case in enumerate(cases):
        for label, value in run(case, number, given, names).items():
            kept[f"{number}/{label}"] = value.double()
        headers.append({"title": case["title"], "digest": case["digest"]})
    text = json.dumps(headers, separators=(",", ":"), ensure_ascii=False)
    write(goldens, kept, {"cases": text, "torch": torch.__version__})


if __name__ == "__main__":
    main(*sys.argv[1:])
