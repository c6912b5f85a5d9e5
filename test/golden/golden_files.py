"""How golden scripts read samples and write what they made: safetensors files, and JSON."""

import json
import math
import pathlib
import struct

import torch

DTYPES = {"F32": (torch.float32, 4), "F64": (torch.float64, 8), "I32": (torch.int32, 4)}
TO_TORCH = {"f32": torch.float64, "f64": torch.float64, "i32": torch.int64, "bool": torch.bool}


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        values = bytearray(file.read())
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        dtype, width = DTYPES[entry["dtype"]]
        flat = torch.frombuffer(values, dtype=dtype, count=(end - begin) // width, offset=begin)
        tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors, metadata


def write(path, tensors, metadata):
    header, values = {"__metadata__": metadata}, bytearray()
    for name, tensor in tensors.items():
        begin = len(values)
        values += tensor.detach().contiguous().numpy().tobytes()
        code = next(code for code, (dtype, _) in DTYPES.items() if dtype == tensor.dtype)
        shape, offsets = list(tensor.shape), [begin, len(values)]
        header[name] = {"dtype": code, "shape": shape, "data_offsets": offsets}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + values)


def write_json(path, golden, digits=None):
    """With `digits`, numbers are rounded: to more digits than tests look at, and fewer than differ between machines."""
    kept = golden if digits is None else rounded(golden, digits)
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    pathlib.Path(path).write_text(text + "\n")


def rounded(value, digits):
    if isinstance(value, dict):
        return {name: rounded(part, digits) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(part, digits) for part in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def wave(*shape, phase=0.0):
    """Numbers in [−1, 1] without a short period, as a formula that tests can write too."""
    size = math.prod(shape)
    return torch.tensor([math.sin(1.7 * i * i + 0.3 * i + phase) for i in range(size)]).reshape(shape)
