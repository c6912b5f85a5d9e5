"""A small picture resized, cropped and turned grey and to HSV by Pillow and torchvision: `npm run golden -- pillow`."""

import base64
import hashlib
import sys

import numpy as np
from golden_files import write_json
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms.functional import resized_crop

rng = np.random.default_rng(0)
height, width = 23, 17
ramp = np.linspace(0, 200, height * width).reshape(height, width, 1)
pixels = np.clip(ramp + rng.integers(0, 120, (height, width, 3)), 0, 255).astype(np.uint8)
picture = Image.fromarray(pixels)


def text(image):
    return base64.b64encode(np.asarray(image).tobytes()).decode()


sizes = [(23, 17), (23, 8), (9, 17), (1, 1), (5, 7), (11, 40), (60, 3), (46, 34), (28, 28), (64, 51)]
few = [(9, 17), (5, 7), (11, 40), (1, 1), (31, 20), (23, 17)]
filters = ["nearest", "bicubic", "box", "hamming", "lanczos"]
crops = [(0, 0, 23, 17), (3, 2, 11, 13), (8, 5, 15, 12), (22, 16, 1, 1)]


def entry(interpolation, height, width):
    made = picture.resize((width, height), Image.Resampling[interpolation.upper()])
    return {"interpolation": interpolation, "height": height, "width": width, "rgb": text(made)}


def crop(interpolation, part):
    made = resized_crop(picture, *part, [14, 10], InterpolationMode(interpolation))
    return {"interpolation": interpolation, "part": part, "rgb": text(made)}


# Larger than what goes through at once, by a formula that tests write too.
tall = Image.fromarray((np.arange(2500 * 300 * 3, dtype=np.uint32) * np.uint32(2654435761) >> 24).astype(np.uint8).reshape(2500, 300, 3))
digest = hashlib.sha256(tall.resize((211, 1234), Image.BICUBIC).tobytes()).hexdigest()

golden = {
    "height": height,
    "width": width,
    "rgb": text(picture),
    "grey": text(picture.convert("L")),
    "hsv": text(picture.convert("HSV")),
    "resized": [entry("bilinear", *size) for size in sizes] + [entry(name, *size) for name in filters for size in few],
    "resizedGrey": [text(picture.convert("L").resize((28, 28), Image.Resampling[name.upper()])) for name in ["bilinear", *filters]],
    "crops": [crop(name, part) for name in ["nearest", "bilinear", "bicubic"] for part in crops],
    "tall": digest,
}
write_json(sys.argv[1], golden)
