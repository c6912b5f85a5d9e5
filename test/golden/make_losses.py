"""Golden results of losses and their gradients, made with PyTorch in float64: `npm run golden -- losses`.

The samples come from losses.ts, each with the expression in PyTorch that means the same as the loss: a function of its
inputs. What PyTorch does not have is written from the papers' equations in losses.py.
"""

import json
import sys

import losses
import torch
import torch.nn.functional as F
import torchvision
from golden_files import TO_TORCH, read, write
from torch import nn

NAMES = {**vars(losses), "torch": torch, "torchvision": torchvision, "F": F, "nn": nn}


def run(case, number, given):
    inputs = [
        given[f"{number}/x{i}"].to(TO_TORCH[dtype], copy=True)
        for i, dtype in enumerate(case["dtypes"])
    ]
    wrt = [inputs[i].requires_grad_() for i in case["gradients"]]
    y = eval(case["torch"], NAMES)(*inputs)
    ct = given[f"{number}/ct"].double()
    assert y.shape == ct.shape, f"{case['title']}: PyTorch gives {list(y.shape)}, not {list(ct.shape)}"
    found = torch.autograd.grad(y, wrt, ct) if wrt else []
    return [y, *found]


def main(samples, goldens):
    given, metadata = read(samples)
    cases = json.loads(metadata["cases"])
    kept, headers = {}, []
    for number, case in enumerate(cases):
        for i, value in enumerate(run(case, number, given)):
            kept[f"{number}/{i}"] = value.double()
        headers.append({"title": case["title"], "digest": case["digest"]})
    text = json.dumps(headers, separators=(",", ":"), ensure_ascii=False)
    write(goldens, kept, {"cases": text, "torch": torch.__version__})


if __name__ == "__main__":
    main(*sys.argv[1:])
