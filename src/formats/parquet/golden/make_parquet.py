"""
Small tables of pictures as Hugging Face's `datasets` writes them, by pyarrow, in base64: a structure of bytes and path, a class number,
and the names of classes in the metadata. pyarrow is not Debian's, so this is run by hand; written with pyarrow 25.0.1:

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install pyarrow
    PYTHONPATH=/usr/lib/python3/dist-packages /tmp/venv/bin/python make_parquet.py parquet.json
"""
import base64, io, json, sys
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

rng = np.random.default_rng(3)


def png(i):
    out = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (4, 5, 3), dtype=np.uint8)).save(out, "PNG")
    return out.getvalue()


pictures = [png(i) for i in range(7)]
labels = [0, 1, 2, 0, 1, 2, 1]
features = {
    "image": {"_type": "Image"},
    "label": {"names": ["cat", "dog", "ünicorn"], "_type": "ClassLabel"},
}


def table(with_metadata=True):
    image = pa.array(
        [{"bytes": b, "path": f"{i}.png" if i % 2 else None} for i, b in enumerate(pictures)],
        type=pa.struct([("bytes", pa.binary()), ("path", pa.string())]),
    )
    made = pa.table({"image": image, "label": pa.array(labels, pa.int64())})
    if not with_metadata:
        return made
    return made.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})


def file(made, **how):
    out = io.BytesIO()
    pq.write_table(made, out, **how)
    return base64.b64encode(out.getvalue()).decode()


golden = {
    "pictures": [base64.b64encode(b).decode() for b in pictures],
    "labels": labels,
    "files": {
        "snappy": file(table(), row_group_size=3),
        "plain": file(table(), compression="none", use_dictionary=False),
        "zstd": file(table(), compression="zstd"),
        "gzip": file(table(), compression="gzip", data_page_version="2.0"),
        "nameless": file(table(with_metadata=False)),
        "flat": file(
            pa.table({"img": pa.array(pictures, pa.binary()), "label": pa.array([f"c{n}" for n in labels])})
        ),
        "wordless": file(pa.table({"text": pa.array(["a", "b"])})),
    },
}
json.dump(golden, open(sys.argv[1], "w"), separators=(",", ":"))
