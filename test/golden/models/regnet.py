"""RegNet: torchvision's; those under timm's names are its network with the paper's widths."""

from functools import partial

from torchvision import models
from torchvision.models.regnet import BlockParams, RegNet
from zoo import Case


def regnet_y(depths, widths, group, num_classes):
    params = BlockParams(depths, widths, [group] * 4, [1.0] * 4, [2] * 4, se_ratio=0.25)
    return RegNet(params, num_classes=num_classes)


def published(name, **options):
    # X, without gates that lessen what each block adds, needs smaller weights.
    return Case(name, getattr(models, name), gain=0.6 if "_y_" in name else 0.5, **options)


CASES = [
    published("regnet_y_400mf", input=(4, 3, 64, 64), training=True),
    published("regnet_x_400mf"),
    Case("regnety_008", partial(regnet_y, [1, 3, 8, 2], [64, 128, 320, 768], 16), gain=0.6, slow=True),
    Case("regnety_040", partial(regnet_y, [2, 6, 12, 2], [128, 192, 512, 1088], 64), gain=0.6, slow=True),
    Case("regnety_080", partial(regnet_y, [2, 4, 10, 1], [168, 448, 896, 2016], 56), gain=0.6, slow=True),
    *(
        published(f"regnet_{kind}_{size}", slow=True)
        for kind in "yx"
        for size in ("800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")
    ),
]
