"""A small picture resized and turned grey by Pillow: `npm run golden -- pillow`."""

import base64
import sys

import numpy as np
from golden_files import write_json
from PIL import Image

rng = np.random.default_rng(0)
height, width = 23, 17
ramp = np.linspace(0, 200, height * width).reshape(height, width, 1)
pixels = np.clip(ramp + rng.integers(0, 120, (height, width, 3)), 0, 255).astype(np.uint8)
picture = Image.fromarray(pixels)


def text(image):
    return base64.b64encode(np.asarray(image).tobytes()).decode()


sizes = [(23, 17), (23, 8), (9, 17), (1, 1), (5, 7), (11, 40), (60, 3), (46, 34), (28, 28), (64, 51)]
golden = {
    "height": height,
    "width": width,
    "rgb": text(picture),
    "grey": text(picture.convert("L")),
    "resized": [{"height": h, "width": w, "rgb": text(picture.resize((w, h), Image.BILINEAR))} for h, w in sizes],
    "resizedGrey": text(picture.convert("L").resize((28, 28), Image.BILINEAR)),
}
write_json(sys.argv[1], golden)
