"""ConvNeXt: torchvision's; XL is its network with the paper's widths."""

from torchvision import models
from torchvision.models.convnext import CNBlockConfig, ConvNeXt
from zoo import Case


def xlarge(num_classes):
    stages = [CNBlockConfig(256, 512, 3), CNBlockConfig(512, 1024, 3), CNBlockConfig(1024, 2048, 27)]
    return ConvNeXt([*stages, CNBlockConfig(2048, None, 3)], num_classes=num_classes)


CASES = [
    Case("convnext_tiny", models.convnext_tiny),
    *(Case(f"convnext_{size}", getattr(models, f"convnext_{size}"), slow=True) for size in ("small", "base", "large")),
    Case("convnext_xlarge", xlarge, slow=True),
]
