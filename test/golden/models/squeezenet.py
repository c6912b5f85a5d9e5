"""SqueezeNet: torchvision's."""

from torchvision import models
from zoo import Case

CASES = [
    Case("squeezenet1_0", models.squeezenet1_0),
    Case("squeezenet1_1", models.squeezenet1_1, slow=True),
]
