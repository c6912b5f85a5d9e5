"""A small image reduced and expanded by OpenCV's pyrDown and pyrUp, in doubles: `npm run golden -- pyramid`."""

import sys

import cv2
import numpy as np
from golden_files import write_json

image = np.random.default_rng(2).integers(0, 64, (13, 10)).astype(np.float64)
gaussian = [image]
while len(gaussian) < 3:
    gaussian.append(cv2.pyrDown(gaussian[-1]))
laplacian = [
    big - cv2.pyrUp(small, dstsize=big.shape[::-1]) for big, small in zip(gaussian, gaussian[1:])
] + gaussian[-1:]
table = lambda x: {"shape": list(x.shape), "values": [float(f"{v:.12g}") for v in x.ravel()]}
golden = {"gaussian": [table(x) for x in gaussian], "laplacian": [table(x) for x in laplacian]}
write_json(sys.argv[1], golden)
