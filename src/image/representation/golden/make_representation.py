"""Fourier transforms by numpy, HSV by Pillow: `npm run golden -- representation`."""

import base64
import hashlib
import sys

import numpy as np
from golden_files import write_json
from PIL import Image

rng = np.random.default_rng(0)


def transform(height, width):
    plane = rng.integers(0, 256, (height, width))
    spectrum = np.fft.fft2(plane)
    return {
        **{"height": height, "width": width, "plane": plane.ravel().tolist()},
        **{"real": spectrum.real.ravel().tolist(), "imaginary": spectrum.imag.ravel().tolist()},
    }


height, width = 9, 14
pixels = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
picture = Image.fromarray(pixels)
spectrum = np.fft.fftshift(np.fft.fft2(np.asarray(picture.convert("L"), dtype=float)))
# An imaginary part that is nothing but rounding must not choose between −π and π.
spectrum.imag[np.abs(spectrum.imag) < 1e-9 * 255 * height * width] = 0
levels = np.arange(0, 256, 5, dtype=np.uint8)
colours = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(52, -1, 3)
hsv = np.asarray(picture.convert("HSV"))
golden = {
    "transforms": [transform(*size) for size in [(1, 1), (1, 6), (8, 4), (7, 5), (6, 10), (11, 16)]],
    "height": height,
    "width": width,
    "rgb": base64.b64encode(pixels.tobytes()).decode(),
    "hsv": base64.b64encode(hsv.tobytes()).decode(),
    "fourierMagnitude": (255 * np.log1p(np.abs(spectrum)) / np.log1p(255 * height * width)).ravel().tolist(),
    "fourierPhase": (255 * (np.angle(spectrum) + np.pi) / (2 * np.pi)).ravel().tolist(),
    "colours": hashlib.sha256(np.asarray(Image.fromarray(colours).convert("HSV")).tobytes()).hexdigest(),
}
write_json(sys.argv[1], golden, digits=12)
