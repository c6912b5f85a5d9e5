"""EfficientNet and EfficientNetV2: torchvision's."""

from torchvision import models
from zoo import Case


def published(name, gain, **options):
    return Case(name, getattr(models, name), gain=gain, **options)


# The gates of a deep stack let values vanish or explode; these gains keep outputs and first gradients of a size.
CASES = [
    published("efficientnet_b0", 1.0, training=True),
    *(published(f"efficientnet_b{size}", 1.0, slow=True) for size in range(1, 8)),
    published("efficientnet_v2_s", 0.8, slow=True),
    published("efficientnet_v2_m", 0.8, slow=True),
    published("efficientnet_v2_l", 0.75, slow=True),
]
