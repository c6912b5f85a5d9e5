"""MobileNetV3: torchvision's."""

from torchvision import models
from zoo import Case

CASES = [
    Case("mobilenet_v3_small", models.mobilenet_v3_small, gain=0.9, training=True),
    Case("mobilenet_v3_large", models.mobilenet_v3_large, gain=0.8, slow=True),
]
