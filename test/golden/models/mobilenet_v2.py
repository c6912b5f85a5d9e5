"""MobileNetV2: torchvision's, in five widths."""

from torchvision.models import mobilenet_v2
from zoo import Case


def of(width):
    return lambda num_classes: mobilenet_v2(num_classes=num_classes, width_mult=width)


CASES = [
    Case("mobilenetv2_035", of(0.35), gain=0.7, training=True),
    Case("mobilenetv2_050", of(0.5), gain=0.7, slow=True),
    Case("mobilenetv2_075", of(0.75), gain=0.7, slow=True),
    Case("mobilenet_v2", mobilenet_v2, gain=0.7, slow=True),
    Case("mobilenetv2_140", of(1.4), gain=0.7, slow=True),
]
