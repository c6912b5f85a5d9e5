"""
Small pictures changed by torchvision's functions with fixed parameters, on Pillow's pictures where torchvision has a way for
them; and moments of what torchvision draws: `npm run golden -- torchvision`.
"""

import base64
import math
import sys

import numpy as np
import torch
from golden_files import write_json
from PIL import Image
from torchvision import transforms as T
from torchvision.transforms import functional as F
from torchvision.transforms import functional_pil as F_pil
from torchvision.transforms.functional import InterpolationMode as Mode

rng = np.random.default_rng(5)
torch.manual_seed(5)
modes = {"nearest": Mode.NEAREST, "bilinear": Mode.BILINEAR, "bicubic": Mode.BICUBIC, "lanczos": Mode.LANCZOS}


def picture(height, width, channels):
    """Waves and noise, with pure colours, black and white in a corner."""
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    waves = 128 + 90 * np.sin(x / 2.3 + c) * np.cos(y / 3.1 - c) + rng.normal(0, 25, (height, width, channels))
    pixels = np.clip(waves, 0, 255).astype(np.uint8)
    corner = [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [9, 8, 8], [250, 255, 251]]
    pixels[:2, :4] = np.array(corner, dtype=np.uint8).reshape(2, 4, 3)[:, :, :channels]
    return Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)


pictures = {
    "colour": picture(10, 11, 3),
    "grey": picture(9, 12, 1),
    "flat": Image.new("RGB", (3, 2), (7, 7, 200)),
    # Enough pixels for `equalize` to do something, in few values.
    "large": picture(31, 23, 1),
}
cases = []


def stored(image):
    pixels = np.asarray(image)
    text = base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()
    return {"height": pixels.shape[0], "width": pixels.shape[1], "channels": 1 if pixels.ndim == 2 else 3, "data": text}


def case(transform, options, parameters, change, names="colour grey", **expected):
    for name in names.split():
        made = stored(change(pictures[name]))
        cases.append({"transform": transform, "options": options, "parameters": parameters, "picture": name, **made, **expected})


# Colours.
for factor in [0, 0.37, 1, 1.9]:
    case("adjustBrightness", {"brightnessFactor": factor}, factor, lambda i: F.adjust_brightness(i, factor))
    case("adjustContrast", {"contrastFactor": factor}, factor, lambda i: F.adjust_contrast(i, factor))
    case("adjustSaturation", {"saturationFactor": factor}, factor, lambda i: F.adjust_saturation(i, factor))
    case("adjustSharpness", {"sharpnessFactor": factor}, factor, lambda i: F.adjust_sharpness(i, factor), "colour grey flat")
for factor in [-0.5, -0.11, 0, 0.02, 0.3, 0.5]:
    case("adjustHue", {"hueFactor": factor}, factor, lambda i: F.adjust_hue(i, factor))
case("adjustGamma", {"gamma": 0.6}, 0.6, lambda i: F.adjust_gamma(i, 0.6))
case("adjustGamma", {"gamma": 2.2, "gain": 1.4}, 2.2, lambda i: F.adjust_gamma(i, 2.2, 1.4))
case("grayscale", {}, None, lambda i: F.to_grayscale(i, 1))
case("grayscale", {"numOutputChannels": 3}, None, lambda i: F.to_grayscale(i, 3))
case("randomGrayscale", {}, True, lambda i: F.to_grayscale(i, 3), "colour")
case("randomInvert", {}, True, F.invert)
case("randomAutocontrast", {}, True, F.autocontrast, "colour grey flat large")
case("randomEqualize", {}, True, F.equalize, "colour large flat")
for bits in [1, 4, 8]:
    case("randomPosterize", {"bits": bits}, True, lambda i: F.posterize(i, bits))
for threshold in [0, 100, 256]:
    case("randomSolarize", {"threshold": threshold}, True, lambda i: F.solarize(i, threshold))
case("randomAdjustSharpness", {"sharpnessFactor": 2}, True, lambda i: F.adjust_sharpness(i, 2))
order = [2, 0, 1]
case("randomChannelPermutation", {}, order, lambda i: Image.fromarray(np.asarray(i)[:, :, order]), "colour")
steps = [["hue", 0.1], ["contrast", 1.4], ["brightness", 0.8], ["saturation", 1.7]]


def stepped(image, steps):
    for name, factor in steps:
        image = getattr(F, f"adjust_{name}")(image, factor)
    return image


case("colorJitter", {}, {"steps": steps}, lambda i: stepped(i, steps))
photometric = {"steps": [["brightness", 1.1], ["saturation", 0.6], ["contrast", 1.3]], "channels": order}
case(
    "randomPhotometricDistort",
    {},
    photometric,
    lambda i: Image.fromarray(np.asarray(stepped(i, photometric["steps"]))[:, :, order]),
    "colour",
)
# Sums in single precision there, in double here.
for kernel, sigma in [([3, 3], 0.8), ([5, 9], 1.7)]:
    case("gaussianBlur", {"kernelSize": kernel}, sigma, lambda i: F.gaussian_blur(i, kernel[::-1], sigma), equal=0.995)

# Sizes and parts. torchvision's order is left, top, right, bottom; ours top, bottom, left, right.
for mode in ["constant", "edge", "reflect", "symmetric"]:
    case("pad", {"padding": [2, 1, 3, 0], "paddingMode": mode, "fill": 90}, None, lambda i: F.pad(i, [3, 2, 0, 1], 90, mode))
case("pad", {"padding": [14, 13], "paddingMode": "reflect"}, None, lambda i: F.pad(i, [13, 14], 0, "reflect"))
case("pad", {"padding": [14, 15], "paddingMode": "symmetric"}, None, lambda i: F.pad(i, [15, 14], 0, "symmetric"))
case("pad", {"padding": [-2, -1, -3, 4]}, None, lambda i: F.pad(i, [-3, -2, 4, -1], 0))
case("pad", {"padding": 1, "fill": [9, 80, 200]}, None, lambda i: F.pad(i, 1, (9, 80, 200)), "colour")
crop = {"top": 3, "left": 1}
case("randomCrop", {"size": [6, 9]}, crop, lambda i: F.crop(i, 3, 1, 6, 9), "colour")
case("randomCrop", {"size": [8, 9], "padding": 2, "fill": 7}, crop, lambda i: F.crop(F.pad(i, 2, 7), 3, 1, 8, 9))


def needed(image):
    padded = F.pad(image, [1, 1], 0, "reflect")
    height, width = 17, 19
    padded = F.pad(padded, [max(0, width - padded.width), 0], 0, "reflect")
    padded = F.pad(padded, [0, max(0, height - padded.height)], 0, "reflect")
    return F.crop(padded, 1, 2, height, width)


options = {"size": [17, 19], "padding": 1, "padIfNeeded": True, "paddingMode": "reflect"}
case("randomCrop", options, {"top": 1, "left": 2}, needed)
case("centerCrop", {"size": [6, 7]}, None, lambda i: F.center_crop(i, [6, 7]))
case("centerCrop", {"size": [20, 8]}, None, lambda i: F.center_crop(i, [20, 8]))
case("centerCrop", {"size": [9, 20]}, None, lambda i: F.center_crop(i, [9, 20]))
part = {"top": 2, "left": 1, "height": 7, "width": 9}
for name, mode in modes.items():
    how = {"size": [12, 5], "interpolation": name}
    case("randomResizedCrop", how, part, lambda i: F.resized_crop(i, 2, 1, 7, 9, [12, 5], mode))
case("randomHorizontalFlip", {}, True, F.hflip)
case("randomVerticalFlip", {}, True, F.vflip)
case("randomZoomOut", {"fill": 33}, [3, 1, 2, 5], lambda i: F.pad(i, [2, 3, 5, 1], 33))
case("randomIoUCrop", {}, part, lambda i: F.crop(i, 2, 1, 7, 9))
erased = torch.tensor([11, 120, 240])[:, None, None]
case(
    "randomErasing",
    {"value": [11, 120, 240]},
    {**part, "key": [0, 0]},
    lambda i: F.to_pil_image(F.erase(F.pil_to_tensor(i), 2, 1, 7, 9, erased)),
    "colour",
)
sizes = []
for height, width in [(13, 11), (10, 14), (480, 640), (333, 500), (37, 37)]:
    for size, most in [(8, None), (224, None), (8, 9), (224, 300)]:
        compute = T.functional._compute_resized_output_size
        sizes.append({"from": [height, width], "size": size, "maxSize": most, "to": compute((height, width), [size], most)})

# Maps. Colours of the fill are Pillow's, which it takes for each channel.
for name in ["nearest", "bilinear", "bicubic"]:
    for angle in [0, 33.3, -101, 90, 180, 270]:
        for expand in [False, True]:
            how = {"degrees": 180, "interpolation": name, "expand": expand, "fill": 50}
            if name == "bilinear" or angle in (33.3, 90):
                names = "colour grey" if name == "bilinear" and angle == 33.3 else "colour" if expand else "grey"
                case("randomRotation", how, angle, lambda i: F.rotate(i, angle, modes[name], expand, None, 50), names)
    how = {"degrees": 180, "interpolation": name, "center": [2, 9]}
    case("randomRotation", how, 20, lambda i: F.rotate(i, 20, modes[name], False, [9, 2]), "grey")
    for angle, translate, scale, shear in [
        (20, [1, -2], 1.3, [10, 0]),
        (-170, [0, 3], 0.6, [-25, 15]),
        (0, [2, 1], 1.7, [0, 0]),
        (0, [0, 0], 0.81, [0, 0]),
    ]:
        affine = {"angle": angle, "along": translate[0], "down": translate[1], "scale": scale}
        affine |= {"shearX": shear[0], "shearY": shear[1]}
        how = {"degrees": 0, "interpolation": name, "fill": 20}
        case("randomAffine", how, affine, lambda i: F.affine(i, angle, translate, scale, shear, modes[name], 20), "colour")
    how = {"degrees": 0, "interpolation": name, "center": [3, 8]}
    affine = {"angle": 15, "along": 1, "down": 0, "scale": 1.1, "shearX": 5, "shearY": 0}
    case("randomAffine", how, affine, lambda i: F.affine(i, 15, [1, 0], 1.1, [5, 0], modes[name], None, [8, 3]), "grey")


def solved(corners, image):
    """The map in double precision; torchvision solves for it in single."""
    width, height = image.size
    start = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
    rows, right = [], []
    for (x, y), (u, v) in zip(corners, start):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return np.linalg.solve(np.array(rows, dtype=float), np.array(right, dtype=float)).tolist()


for name, names in [("nearest", "grey"), ("bilinear", "colour grey"), ("bicubic", "colour")]:
    corners = [[2, 1], [9, 0], [8, 7], [1, 9]]
    how = {"interpolation": name, "fill": 40}
    resample = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}[name]
    case("randomPerspective", how, corners, lambda i: F_pil.perspective(i, solved(corners, i), resample, 40), names)


def with_torchvision_coefficients(image):
    width, height = image.size
    start = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
    return F.perspective(image, start, corners, Mode.BILINEAR, 40)


case("randomPerspective", {"fill": 40}, corners, with_torchvision_coefficients, "colour", equal=0.95)

# Shifts as torchvision draws and smooths them, and what they do; in single precision there.
elastic = []
for name, mode in [("grey", "bilinear"), ("colour", "bilinear"), ("colour", "nearest")]:
    image = pictures[name]
    height, width = image.height, image.width
    displacement = T.ElasticTransform.get_params([40.0, 40.0], [1.0, 1.0], [height, width])
    pixels = displacement[0].numpy() * np.array([width / 2, height / 2])
    moved = F.elastic_transform(image, displacement, modes[mode], 60)
    dx, dy = [[round(float(v), 6) for v in pixels[:, :, k].ravel()] for k in (0, 1)]
    elastic.append({"picture": name, "interpolation": mode, "dx": dx, "dy": dy, **stored(moved)})
plane = torch.rand([1, 1, 9, 12])
smooth = {
    "height": 9,
    "width": 12,
    "plane": [round(v, 7) for v in plane.flatten().tolist()],
    "smoothed": [round(v, 6) for v in F.gaussian_blur(plane, [9, 9], [1.0, 1.0]).flatten().tolist()],
}

# How torchvision draws.
draws = 20000


def moments(values):
    columns = np.array(values, dtype=float).T
    return {"mean": [round(float(c.mean()), 5) for c in columns], "std": [round(float(c.std()), 5) for c in columns]}


def crop_row(height, width, scale, ratio):
    i, j, h, w = T.RandomResizedCrop.get_params(torch.zeros(3, height, width), scale, ratio)
    return [h * w / height / width, math.log(w / h), i / height, j / width]


crops = []
for height, width, scale, ratio in [
    (375, 500, [0.08, 1.0], [3 / 4, 4 / 3]),
    (100, 400, [0.3, 0.9], [0.5, 2.0]),
    (400, 60, [0.5, 1.0], [3 / 4, 4 / 3]),
]:
    rows = [crop_row(height, width, scale, ratio) for _ in range(draws)]
    crops.append({"height": height, "width": width, "scale": scale, "ratio": ratio, **moments(rows)})


def erase_row():
    i, j, h, w, _ = T.RandomErasing.get_params(torch.zeros(1, 60, 80), (0.02, 0.33), (0.3, 3.3), [0.0])
    return [h * w / 60 / 80, math.log(h / w), i / 60, j / 80]


def shift_row():
    shifts = T.ElasticTransform.get_params([50.0, 50.0], [5.0, 5.0], [64, 96])[0]
    return shifts.abs().mean((0, 1)).tolist()


golden = {
    "pictures": {name: stored(image) for name, image in pictures.items()},
    "cases": cases,
    "sizes": sizes,
    "elastic": elastic,
    "smooth": smooth,
    "draws": draws,
    "crops": crops,
    "erasing": moments([erase_row() for _ in range(draws)]),
    "shifts": moments([shift_row() for _ in range(200)]),
}
write_json(sys.argv[1], golden)
