""".npy files as np.save writes them, and 16-bit floats as PyTorch rounds them: `npm run golden -- npy`."""

import base64
import io
import sys

import numpy as np
from golden_files import write_json
import torch

rng = np.random.default_rng(0)


def saved(array, version=None):
    file = io.BytesIO()
    if version is None:
        np.save(file, array)
    else:
        np.lib.format.write_array(file, array, version=version)
    return base64.b64encode(file.getvalue()).decode()


cases = []


def case(name, array, version=None):
    values = [int(v) if array.dtype.kind in "iub" else float(v) for v in array.ravel(order="C")]
    values = [str(v) for v in values] if array.dtype.itemsize == 8 and array.dtype.kind in "iu" else values
    cases.append({"name": name, "file": saved(array, version), "shape": list(array.shape), "values": values})


for code in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
    small = rng.integers(0 if code[0] == "u" else -100, 100, (2, 3)).astype(code)
    case("<" + code, small)
    case(">" + code, small.astype(">" + code))
case("|b1", np.array([True, False, True]))
case("largest i8", np.array([2**63 - 1, -(2**63)]))
case("scalar", np.array(1.5, "<f4"))
case("empty", np.zeros((0, 3), "<f4"))
case("fortran 2-D", np.asfortranarray(rng.standard_normal((3, 4)).astype("<f4")))
case("fortran 4-D", np.asfortranarray(rng.integers(0, 99, (2, 3, 4, 5)).astype("<i4")))
case("fortran big-endian", np.asfortranarray(np.arange(6, dtype=">f8").reshape(2, 3)))
case("version 2", np.arange(3, dtype="<f4"), (2, 0))
case("version 3", np.arange(3, dtype="<f4"), (3, 0))

edges = [0.0, -0.0, 1.0, 1 / 3, 65504.0, 65519.99, 65520.0, 1e9, 2**-14, 2**-24, 2**-25, 2**-25 * 1.0001,
         3 * 2**-25, 6.0975e-5, 1 + 2**-11, 1 + 3 * 2**-11, 1 + 2**-8, 1 + 3 * 2**-8, float("inf"), -float("inf")]
bits = rng.integers(0, 2**32, 300, dtype=np.uint64).astype(np.uint32).view(np.float32)
values = np.concatenate([np.array(edges, np.float32), bits[np.isfinite(bits)],
                         (rng.standard_normal(300) * 2.0 ** rng.integers(-26, 17, 300)).astype(np.float32)])
x = torch.from_numpy(values)
half = {
    "f32": values.view(np.uint32).tolist(),
    "f16": x.half().view(torch.int16).numpy().view(np.uint16).tolist(),
    "bf16": x.bfloat16().view(torch.int16).numpy().view(np.uint16).tolist(),
}
write_json(sys.argv[1], {"npy": cases, "half": half})
