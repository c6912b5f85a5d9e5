"""Masks as Pillow writes them, and the numbers in them: `npm run golden -- masks`."""

import base64
import io
import sys

import numpy as np
from golden_files import write_json
from PIL import Image

rng = np.random.default_rng(0)
height, width = 11, 18


def encoded(data):
    return base64.b64encode(data).decode()


def entry(name, numbers, image, **options):
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return {
        "name": name,
        "height": height,
        "width": width,
        "numbers": encoded(numbers.astype(np.uint8).tobytes()),
        "file": encoded(file.getvalue()),
    }


def numbers_below(count):
    return rng.integers(0, count, (height, width))


def indexed(numbers, palette):
    image = Image.fromarray(numbers.astype(np.uint8), "P")
    image.putpalette(palette)
    return image


colours = [int(c) for c in rng.integers(0, 256, 768)]
many, four, few = numbers_below(256), numbers_below(4), numbers_below(15)
wide = Image.fromarray(few.astype(np.uint16))
files = [
    entry("grey", many, Image.fromarray(many.astype(np.uint8))),
    entry("grey, 16 bits", few, wide),
    entry("grey, saved in colour", few, Image.fromarray(few.astype(np.uint8)).convert("RGB")),
    entry("black and white, 1 bit", four % 2, Image.fromarray(four % 2 == 1)),
    entry("indexed", many, indexed(many, colours)),
    # All classes of one colour: only the indices tell them apart.
    entry("indexed, one colour", few, indexed(few, [7] * 768)),
    entry("indexed, 2 bits", four, indexed(four, colours[:12]), bits=2),
    entry("indexed, 4 bits", few, indexed(few, colours[:48]), bits=4),
    entry("indexed, one transparent", few, indexed(few, colours), transparency=0),
]
write_json(sys.argv[-1], {"files": files})
