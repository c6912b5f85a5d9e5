"""Swin transformers: torchvision's."""

from torchvision import models
from zoo import Case

CASES = [
    Case("swin_t", models.swin_t, input=(2, 3, 40, 40)),
    Case("swin_s", models.swin_s, slow=True),
    Case("swin_b", models.swin_b, slow=True),
]
