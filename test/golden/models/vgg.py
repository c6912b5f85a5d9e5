"""VGG: torchvision's, and configurations A-LRN and C of the paper put together from its parts."""

from torch import nn
from torchvision import models
from torchvision.models.vgg import VGG, make_layers
from zoo import Case


def vgg11_lrn(num_classes):
    layers = list(make_layers([64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"]))
    layers.insert(2, nn.LocalResponseNorm(5, alpha=5e-4, k=2.0))
    return VGG(nn.Sequential(*layers), num_classes=num_classes)


def vgg16_c(num_classes):
    net = models.vgg16(num_classes=num_classes)
    # The third convolution of groups 3, 4 and 5.
    for place in (14, 21, 28):
        width = net.features[place].out_channels
        net.features[place] = nn.Conv2d(width, width, 1)
    return net


def slow(name, make=None, input=(2, 3, 64, 64)):
    return Case(name, make or getattr(models, name), input=input, slow=True)


CASES = [
    Case("vgg11", models.vgg11, input=(2, 3, 32, 32)),
    slow("vgg11_bn"),
    slow("vgg11_lrn", vgg11_lrn),
    slow("vgg13"),
    slow("vgg13_bn"),
    # Smaller, so that no ReLU stands so near its kink that single precision, PyTorch's too, falls on the other side.
    slow("vgg16_c", vgg16_c, input=(2, 3, 64, 32)),
    slow("vgg16", input=(1, 3, 32, 32)),
    slow("vgg16_bn"),
    slow("vgg19"),
    slow("vgg19_bn"),
]
