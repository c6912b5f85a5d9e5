"""What outputs in evaluation do not show of torchvision's models, by name: how norms, dropout and stochastic depth are set, how
initial values are spread, and of the published weights (IMAGENET1K_V1) how pictures are prepared for them and their top-1.

`norms` counts "batch ε momentum" and "layer ε"; `dropout` and `depth` are the rates above 0 in the modules' order. `initial`, of
one model an architecture with ten classes, says of each parameter "constant c", or "normal s" or "uniform s" with the deviation s,
where there are enough values to tell and not too many to draw in a test.
"""

import pathlib
import sys

import torch
from golden_files import write_json
from torch import nn
from torchvision import models
from torchvision.models import _api
from torchvision.ops import StochasticDepth

sys.path.insert(0, str(pathlib.Path(__file__).parent / "models"))
from zoo import tree  # noqa: E402

# One an architecture.
DRAWN = """alexnet vgg11_bn googlenet inception_v3 resnet18 densenet121 squeezenet1_1 mobilenet_v2 mobilenet_v3_small
shufflenet_v2_x0_5 efficientnet_b0 regnet_y_400mf vit_b_32 swin_t swin_v2_t convnext_tiny""".split()
OTHERS = """vgg11 vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn resnet34 resnet50 resnet101 resnet152 resnext50_32x4d
resnext101_32x8d resnext101_64x4d wide_resnet50_2 wide_resnet101_2 densenet161 densenet169 densenet201 squeezenet1_0
mobilenet_v3_large shufflenet_v2_x1_0 shufflenet_v2_x1_5 shufflenet_v2_x2_0 efficientnet_b1 efficientnet_b2 efficientnet_b3
efficientnet_b4 efficientnet_b5 efficientnet_b6 efficientnet_b7 efficientnet_v2_s efficientnet_v2_m efficientnet_v2_l
regnet_y_800mf regnet_y_1_6gf regnet_y_3_2gf regnet_y_8gf regnet_y_16gf regnet_y_32gf regnet_x_400mf regnet_x_800mf
regnet_x_1_6gf regnet_x_3_2gf regnet_x_8gf regnet_x_16gf regnet_x_32gf vit_b_16 vit_l_16 vit_l_32 swin_s swin_b swin_v2_s
swin_v2_b convnext_small convnext_base convnext_large""".split()
FEWEST, MOST = 1000, 300_000


def make(name, **options):
    torch.manual_seed(0)
    if name in ("googlenet", "inception_v3"):
        options["init_weights"] = True
    return getattr(models, name)(**options)


def settings(net):
    norms = {}
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            kind = f"batch {module.eps:g} {module.momentum:g}"
        elif isinstance(module, nn.LayerNorm):
            kind = f"layer {module.eps:g}"
        else:
            continue
        norms[kind] = norms.get(kind, 0) + 1
    dropout = [module.p for module in net.modules() if isinstance(module, nn.Dropout) and module.p > 0]
    depth = [round(module.p, 9) for module in net.modules() if isinstance(module, StochasticDepth) and module.p > 0]
    return {"norms": norms, "dropout": dropout, "depth": depth}


def spread(values):
    x = values.detach().double().flatten()
    if x.min() == x.max():
        return f"constant {float(x[0]):g}"
    if not FEWEST <= x.numel() <= MOST:
        return None
    # In single precision trunc_normal_ now and then gives the bound itself, a hundred deviations off.
    x = x[x.abs() <= 10 * x.abs().median()]
    deviation = float(x.std(unbiased=False))
    kind = "uniform" if float(x.abs().max()) < 1.8 * deviation else "normal"
    return f"{kind} {deviation:.4g}"


def initial(name):
    spreads = {path: spread(p) for path, p in make(name, num_classes=10).named_parameters()}
    return tree({path: value for path, value in spreads.items() if value})


def published(name, net):
    weights = _api.get_model_weights(name).IMAGENET1K_V1
    how = weights.transforms()
    # Black and white as the first layer gets them: with these weights GoogLeNet and Inception v3 shift and scale once more.
    black, white = ((value - torch.tensor(how.mean)) / torch.tensor(how.std) for value in (0.0, 1.0))
    if hasattr(net, "transform_input"):
        net.transform_input = True
        black, white = (net._transform_input(x[None, :, None, None]).flatten() for x in (black, white))
    std = 1 / (white - black)
    return {
        "top1": weights.meta["_metrics"]["ImageNet-1K"]["acc@1"],
        "resize": how.resize_size[0],
        "crop": how.crop_size[0],
        "interpolation": how.interpolation.value,
        "mean": [round(float(m), 4) for m in -black * std],
        "std": [round(float(s), 4) for s in std],
    }


def record(name):
    net = make(name)
    drawn = {"initial": initial(name)} if name in DRAWN else {}
    return {**published(name, net), **settings(net), **drawn}


write_json(pathlib.Path(sys.argv[1]), {name: record(name) for name in DRAWN + OTHERS}, digits=9)
