"""
What SqueezeNet 1.1 sees in the photographs of ../shared/data by Python's usual way, Pillow's decoding and torchvision's transforms, run by
OpenCV's dnn: the five likeliest classes with their probabilities. `npm run golden -- photo-predictions`.
"""

import pathlib
import sys

import cv2
import numpy as np
from golden_files import write_json
from PIL import Image, ImageOps
from torchvision import transforms as T

data = pathlib.Path(__file__).parents[3] / "shared/data"
net = cv2.dnn.readNetFromONNX(str(data / "models/squeezenet1.1/squeezenet1.1-fp32.onnx"))
prepare = T.Compose([T.Resize(256), T.CenterCrop(224)])
# Caffe's: bytes in the order B, G, R, less these means.
means = np.array([104, 117, 123], dtype=np.float32)
files = [file for file in (data / "photos").iterdir() if file.suffix != ".json"]
files += sorted((data / "hymenoptera/val").rglob("*.jpg"))[::5]


def likeliest(file):
    image = prepare(ImageOps.exif_transpose(Image.open(file)).convert("RGB"))
    net.setInput((np.asarray(image, dtype=np.float32)[:, :, ::-1] - means).transpose(2, 0, 1)[None].copy())
    p = net.forward().reshape(-1)
    return [[int(c), float(p[c])] for c in np.argsort(-p)[:5]]


write_json(sys.argv[1], {str(file.relative_to(data)): likeliest(file) for file in sorted(files)}, 6)
