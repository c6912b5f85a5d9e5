"""Files of torch.save in both its forms, and what torch.load makes of them: `npm run golden -- pytorch`."""

import argparse
import base64
import collections
import io
import pathlib
import sys

import numpy as np
from golden_files import write_json
import torch

whole = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 8 - 1
counts = torch.tensor([3, -(2**31), 2**31 - 1])


def plain():
    """Every type, and every kind of view."""
    base = whole.clone()
    return collections.OrderedDict(
        [
            ("contiguous", base),
            ("shared", base[1]),
            ("transposed", base.transpose(0, 2)),
            ("strided", base[:, ::2, 1::2]),
            ("expanded", base[0, 0, :2].reshape(2, 1).expand(2, 3)),
            ("channels_last", torch.arange(16.0).reshape(1, 2, 2, 4).contiguous(memory_format=torch.channels_last)),
            ("scalar", torch.tensor(1.5)),
            ("empty", torch.zeros(0, 3)),
            ("parameter", torch.nn.Parameter(torch.tensor([0.25, -7.0]))),
            ("double", torch.tensor([1.5, -2.25], dtype=torch.float64)),
            ("half", torch.tensor([0.5, -65504.0, 6e-8], dtype=torch.float16)),
            ("bfloat16", torch.tensor([1.0, -3.0e38], dtype=torch.bfloat16)),
            ("long", counts.clone()),
            ("int", counts.to(torch.int32)),
            ("short", torch.tensor([-32768, 7], dtype=torch.int16)),
            ("char", torch.tensor([-128, 127], dtype=torch.int8)),
            ("byte", torch.tensor([0, 255], dtype=torch.uint8)),
            ("bool", torch.tensor([True, False])),
        ]
    )


def few():
    return {"a": whole.clone(), "b": whole.clone().mul(2).transpose(0, 1), "n": counts.clone()}


def network():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 2), torch.nn.BatchNorm2d(3))
    return torch.nn.DataParallel(net)


def checkpoint():
    """As training scripts save: beside the weights an optimiser, settings and NumPy's numbers."""
    net = network()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    return {
        "epoch": 3,
        "best": np.float64(91.5),
        "args": argparse.Namespace(lr=0.1, name="x"),
        "state_dict": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "device": torch.device("cpu"),
        "size": torch.Size([1, 2]),
    }


def averaged():
    """Averages over training beside what they are of, as torchvision's and timm's scripts save them."""
    net = network()
    average = torch.optim.swa_utils.AveragedModel(net)
    with torch.no_grad():
        for p in net.parameters():
            p.zero_()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    return {
        "model": net.state_dict(),
        "model_ema": average.state_dict(),
        "lr_scheduler": torch.optim.lr_scheduler.MultiStepLR(optimizer, [30, 60]).state_dict(),
        "metrics": collections.defaultdict(list, losses=[0.5, np.zeros(2)]),
        "folder": pathlib.Path("runs"),
    }


def saved(value, **options):
    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


def legacy(value):
    """Keys of storages are addresses there; numbers in their place make the same file each time."""
    address, numbers = torch._C.StorageBase._cdata, {}
    number = property(lambda storage: numbers.setdefault(address.__get__(storage), 1000 + len(numbers)))
    torch.UntypedStorage._cdata = number
    try:
        return saved(value, _use_new_zipfile_serialization=False)
    finally:
        del torch.UntypedStorage._cdata


def values_of(tensor):
    values = tensor.detach().contiguous().flatten()
    as_number = float if tensor.is_floating_point() else int
    return {"shape": list(tensor.shape), "values": [as_number(v) for v in values.tolist()]}


def case(name, file, state):
    torch.load(io.BytesIO(file))
    tensors = {key: values_of(value) for key, value in state.items()}
    return {"name": name, "file": base64.b64encode(file).decode(), "tensors": tensors}


unwrapped = {key[len("module.") :]: value for key, value in checkpoint()["state_dict"].items()}
cases = [
    case("zip", saved(plain()), plain()),
    case("zip, protocol 4", saved(few(), pickle_protocol=4), few()),
    case("legacy", legacy(plain()), plain()),
    case("checkpoint", saved(checkpoint()), unwrapped),
    case("legacy checkpoint", legacy(checkpoint()), unwrapped),
    case("averages", saved(averaged()), unwrapped),
]
write_json(sys.argv[1], {"cases": cases})
