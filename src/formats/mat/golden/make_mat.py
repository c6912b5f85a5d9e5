"""Small MAT files by SciPy's writer, in base64, with the values they hold; big-endian by hand, as SciPy writes none."""
import base64, io, json, struct, sys
import numpy as np
from scipy.io import savemat

rng = np.random.default_rng(7)
arrays = {
    "X": rng.integers(0, 256, (3, 2, 3, 4), dtype=np.uint8),
    "y": np.array([[1], [10], [3], [2]], dtype=np.uint8),
    "d": rng.standard_normal((2, 3)),
    "f": rng.standard_normal((3, 1)).astype(np.float32),
    "i": rng.integers(-9, 9, (2, 2), dtype=np.int16),
    "small": np.array([[7]], dtype=np.int8),
}
others = {"text": "hello", "cells": np.array([1, "a"], dtype=object), "z": np.array([[1 + 2j]])}


def file(**how):
    out = io.BytesIO()
    savemat(out, {**arrays, **others}, **how)
    # SciPy writes the time into the first 116 bytes.
    data = bytearray(out.getvalue())
    data[:116] = b"MATLAB 5.0 MAT-file".ljust(116)
    return base64.b64encode(bytes(data)).decode()


def big_endian():
    tag = lambda kind, data: struct.pack(">II", kind, len(data)) + data + b"\0" * (-len(data) % 8)
    body = (
        tag(6, struct.pack(">II", 6, 0))
        + tag(5, struct.pack(">ii", 1, 3))
        + tag(1, b"values")
        + tag(9, struct.pack(">ddd", 1.5, -2, 1e300))
    )
    return base64.b64encode(b"MATLAB 5.0 MAT-file".ljust(124) + b"\x01\x00MI" + tag(14, body)).decode()


golden = {
    "plain": file(do_compression=False),
    "packed": file(do_compression=True),
    "bigEndian": big_endian(),
    "arrays": {
        name: {"shape": list(a.shape), "data": a.flatten(order="F").tolist()} for name, a in arrays.items()
    },
}
json.dump(golden, open(sys.argv[1], "w"), separators=(",", ":"))
