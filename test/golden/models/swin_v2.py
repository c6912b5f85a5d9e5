"""Swin transformers of the second version: torchvision's."""

from torchvision import models
from zoo import Case

CASES = [
    Case("swin_v2_t", models.swin_v2_t, input=(2, 3, 40, 40)),
    Case("swin_v2_s", models.swin_v2_s, slow=True),
    Case("swin_v2_b", models.swin_v2_b, slow=True),
]
