"""
A small picture blurred, compressed and recoloured by OpenCV and Pillow, and the moments of scikit-image's noise:
`npm run golden -- degradations`.
"""

import base64
import io
import sys

import cv2
import numpy as np
from golden_files import write_json
from PIL import Image
from skimage.draw import polygon2mask
from skimage.util import random_noise

rng = np.random.default_rng(1)
height, width = 21, 27
y, x = np.mgrid[0:height, 0:width]
waves = np.stack([127 + 110 * np.sin(x / 5 + y / 9), 127 + 90 * np.cos(x / 7 - y / 4), 60 + 2.5 * x + 1.5 * y], -1)
picture = np.clip(waves + rng.normal(0, 12, (height, width, 3)), 0, 255).astype(np.uint8)
# Pure colours, black, white and greys stand in one corner.
picture[:4, :4] = np.array(
    [[[255, 0, 0], [0, 255, 0], [0, 0, 255], [0, 0, 0]], [[255, 255, 0], [0, 255, 255], [255, 0, 255], [255, 255, 255]]] * 2
)
grey = picture[:, :, 1].copy()
text = lambda image: base64.b64encode(np.ascontiguousarray(image).tobytes()).decode()


def saved(image, quality):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return text(np.array(Image.open(file)))


def equalized(image, clip, grid):
    return cv2.createCLAHE(clipLimit=clip, tileGridSize=(grid, grid)).apply(image)


def equalized_lightness(image, clip, grid):
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB)
    lab[:, :, 0] = equalized(lab[:, :, 0], clip, grid)
    return cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)


def line(length, slope):
    """A line through the middle of a square: `slope` is rows up for a column, or a pair where it is steep."""
    kernel = np.zeros((length, length))
    half = length // 2
    for t in range(-half, half + 1):
        across, up = (t, slope * t) if abs(slope) <= 1 else (t / slope, t)
        kernel[half - int(np.rint(up)), half + int(np.rint(across))] = 1 / length
    return kernel


def smeared(image, kernel):
    sums = cv2.filter2D(image.astype(np.float64), cv2.CV_64F, kernel, borderType=cv2.BORDER_REFLECT_101)
    return text(np.clip(np.rint(sums), 0, 255).astype(np.uint8))


def shifted_hsv(image, hue, saturation, value):
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV).astype(int)
    hsv[:, :, 0] = (hsv[:, :, 0] + hue) % 180
    hsv[:, :, 1] = np.clip(hsv[:, :, 1] + saturation, 0, 255)
    hsv[:, :, 2] = np.clip(hsv[:, :, 2] + value, 0, 255)
    return text(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB))


# Concave, and over the edge.
corners = np.array([[3.2, 2.1], [24.7, 4.4], [15.3, 9.6], [29.5, 18.9], [5.9, 14.2]])
sepia = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]])
flat = np.full((500, 500), 0.5)
noisy = random_noise(flat, "gaussian", seed=1, mean=0.1, var=0.05**2)
salted = random_noise(flat, "s&p", seed=1, amount=0.2, salt_vs_pepper=0.25)
write_json(
    sys.argv[1],
    {
        "height": height,
        "width": width,
        "rgb": text(picture),
        "grey": text(grey),
        "jpeg": [
            {"quality": q, "rgb": saved(picture, q), "grey": saved(grey, q)} for q in (1, 10, 50, 75, 95, 100)
        ],
        "narrow": {"rgb": text(picture[:5, :3]), "jpeg": saved(np.ascontiguousarray(picture[:5, :3]), 75)},
        "median": [
            {"size": size, "rgb": text(cv2.medianBlur(picture, size)), "grey": text(cv2.medianBlur(grey, size))}
            for size in (3, 5, 7)
        ],
        "motion": [
            {"length": length, "slope": slope, "rgb": smeared(picture, line(length, slope))}
            for length, slope in ((3, 0), (5, 0.4), (7, -1), (9, 2.6))
        ],
        "clahe": [
            {
                "clipLimit": clip,
                "tiles": tiles,
                "grey": text(equalized(grey, clip, tiles)),
                "whole": text(equalized(grey[:16, :24], clip, tiles)),
                "rgb": text(equalized_lightness(picture, clip, tiles)),
            }
            for clip, tiles in ((0, 2), (1, 8), (2.5, 4), (4, 2))
        ],
        "hsv": [
            {"shift": shift, "rgb": shifted_hsv(picture, *shift)}
            for shift in ([0, 0, 0], [20, -30, 15], [-90, 40, -20], [180, 0, 255])
        ],
        "sepia": text(np.clip(np.rint(picture.astype(float) @ sepia.T), 0, 255).astype(np.uint8)),
        # Pixels stand at whole numbers there, and their middles at halves here.
        "shadow": {"corners": corners.tolist(), "inside": text(polygon2mask((height, width), corners[:, ::-1] - 0.5))},
        "noise": {"mean": noisy.mean(), "std": noisy.std()},
        "saltAndPepper": {"salt": (salted == 1).mean(), "pepper": (salted == 0).mean()},
    },
)
