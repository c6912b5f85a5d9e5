"""
torchvision's policies: their tables, the magnitudes of their operations, each operation on a small picture of Pillow's, and AugMix of
given chains: `npm run golden -- policies`.
"""

import base64
import sys

import numpy as np
import torch
from golden_files import write_json
from PIL import Image
from torchvision.transforms import (
    AugMix,
    AutoAugment,
    AutoAugmentPolicy,
    InterpolationMode,
    RandAugment,
    TrivialAugmentWide,
)
from torchvision.transforms.autoaugment import _apply_op

rng = np.random.default_rng(2)
height, width = 14, 18
y, x = np.mgrid[0:height, 0:width]
waves = np.stack([127 + 80 * np.sin(x / 3 + y / 5), 90 + 60 * np.cos(x / 4 - y / 2), 40 + 5 * x + 4 * y], -1)
pixels = np.clip(waves + rng.normal(0, 10, (height, width, 3)), 0, 255).astype(np.uint8)
picture = Image.fromarray(pixels)
text = lambda image: base64.b64encode(np.asarray(image).tobytes()).decode()
camel = lambda name: name[0].lower() + name[1:]
modes = {"nearest": InterpolationMode.NEAREST, "bilinear": InterpolationMode.BILINEAR}

policies = {
    policy.value: [
        [camel(a), pa, la or 0, camel(b), pb, lb or 0] for (a, pa, la), (b, pb, lb) in AutoAugment(policy).policies
    ]
    for policy in AutoAugmentPolicy
}

size = (37, 53)
spaces = {
    "autoAugment": AutoAugment()._augmentation_space(10, size),
    "randAugment": RandAugment()._augmentation_space(31, size),
    "trivialAugmentWide": TrivialAugmentWide()._augmentation_space(31),
    "augMix": AugMix()._augmentation_space(10, size),
}
magnitudes = {
    policy: {camel(name): {"values": values.double().reshape(-1).tolist(), "isSigned": signed} for name, (values, signed) in space.items()}
    for policy, space in spaces.items()
}

geometric = {"ShearX": [0.21, -0.99], "ShearY": [0.3], "TranslateX": [-4.8, 3.2], "TranslateY": [2.9], "Rotate": [-30, 103.5]}
colours = {
    "Identity": [0],
    "Brightness": [0.36, -0.9],
    "Color": [0.9, -0.45],
    "Contrast": [-0.5, 0.63],
    "Sharpness": [0.9, -0.99],
    "Posterize": [5, 0],
    "Solarize": [127.5, 170],
    "AutoContrast": [0],
    "Equalize": [0],
    "Invert": [0],
}
fill = [10, 200, 77]
operations = [
    {
        "operation": camel(name),
        "magnitude": magnitude,
        "interpolation": mode,
        "rgb": text(_apply_op(picture, name, float(magnitude), modes[mode], fill)),
    }
    for names, kinds in ((geometric, ["nearest", "bilinear"]), (colours, ["nearest"]))
    for name, values in names.items()
    for magnitude in values
    for mode in kinds
]

# As AugMix.forward has it, with chains and weights that are given.
chains = [[("Brightness", 0.3), ("Posterize", 3)], [("Equalize", 0)], [("Solarize", 200), ("Contrast", -0.2), ("Invert", 0)]]
weights = [0.3, 0.25, 0.35, 0.1]
batch = torch.from_numpy(pixels)
mix = torch.tensor(weights[0]) * batch
for weight, chain in zip(weights[1:], chains):
    image = picture
    for name, magnitude in chain:
        image = _apply_op(image, name, float(magnitude), InterpolationMode.BILINEAR, None)
    mix.add_(torch.tensor(weight) * torch.from_numpy(np.array(image)))

write_json(
    sys.argv[1],
    {
        "height": height,
        "width": width,
        "rgb": text(pixels),
        "policies": policies,
        "size": size,
        "magnitudes": magnitudes,
        "fill": fill,
        "operations": operations,
        "augMix": {
            "weights": weights,
            "chains": [[{"operation": camel(name), "magnitude": m} for name, m in chain] for chain in chains],
            "rgb": text(mix.to(torch.uint8).numpy()),
        },
    },
)
