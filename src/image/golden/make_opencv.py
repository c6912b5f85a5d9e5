"""Small pictures filtered by OpenCV in doubles, then rounded and clamped to bytes: `npm run golden -- opencv`."""

import base64
import sys

import cv2
import numpy as np
from golden_files import write_json

rng = np.random.default_rng(1)
height, width = 9, 12
ramp = np.linspace(0, 150, height * width).reshape(height, width, 1)
picture = np.clip(ramp + rng.integers(0, 120, (height, width, 3)), 0, 255).astype(np.uint8)
text = lambda image: base64.b64encode(image.tobytes()).decode()
borders = {"reflect": cv2.BORDER_REFLECT_101, "replicate": cv2.BORDER_REPLICATE, "zeros": cv2.BORDER_CONSTANT}


def filtered(image, kernel, mode="reflect", offset=0):
    kernel = np.array(kernel, np.float64)
    sums = cv2.filter2D(image.astype(np.float64), cv2.CV_64F, kernel, borderType=borders[mode])
    return text(np.clip(np.rint(sums + offset), 0, 255).astype(np.uint8))


def blurred(image, size, sigma):
    sums = cv2.GaussianBlur(image.astype(np.float64), (size, size), sigma, borderType=cv2.BORDER_REFLECT_101)
    return text(np.clip(np.rint(sums), 0, 255).astype(np.uint8))


def magnitude(image, scale):
    x, y = [cv2.Sobel(image, cv2.CV_64F, dx, 1 - dx, ksize=3) for dx in (1, 0)]
    return text(np.clip(np.rint(scale * np.hypot(x, y)), 0, 255).astype(np.uint8))


grey = picture[:, :, 0].copy()
sharp = [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
emboss = [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]
uneven = np.arange(-7, 8).reshape(3, 5) / 16
golden = {
    "height": height,
    "width": width,
    "rgb": text(picture),
    "grey": text(grey),
    "filtered": {mode: filtered(picture, uneven, mode, 128) for mode in borders},
    "wrapped": text(
        np.clip(
            np.rint(cv2.filter2D(np.pad(picture, ((1, 1), (2, 2), (0, 0)), "wrap").astype(float), -1, uneven)[1:-1, 2:-2]),
            0,
            255,
        ).astype(np.uint8)
    ),
    "blurred": blurred(picture, 13, 1.5),
    "wide": blurred(grey, 33, 4),
    "sharpened": filtered(picture, sharp),
    "embossed": filtered(grey, emboss),
    "sobel": magnitude(picture, 1),
    "sobelEighth": magnitude(grey, 1 / 8),
}
write_json(sys.argv[1], golden)
