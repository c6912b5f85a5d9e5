"""AlexNet: torchvision's; and the network of 2012, written anew."""

from collections import OrderedDict

from torch import nn
from torchvision import models
from zoo import Case


def norm():
    """Section 3.3: k = 2, n = 5, α = 1e-4, β = 0.75; PyTorch divides α by n."""
    return nn.LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2.0)


def alexnet_2012(num_classes):
    layers = OrderedDict(
        conv1=nn.Conv2d(3, 96, 11, 4), relu1=nn.ReLU(), norm1=norm(), pool1=nn.MaxPool2d(3, 2),
        conv2=nn.Conv2d(96, 256, 5, padding=2, groups=2), relu2=nn.ReLU(), norm2=norm(), pool2=nn.MaxPool2d(3, 2),
        conv3=nn.Conv2d(256, 384, 3, padding=1), relu3=nn.ReLU(),
        conv4=nn.Conv2d(384, 384, 3, padding=1, groups=2), relu4=nn.ReLU(),
        conv5=nn.Conv2d(384, 256, 3, padding=1, groups=2), relu5=nn.ReLU(), pool5=nn.MaxPool2d(3, 2),
        avgpool=nn.AdaptiveAvgPool2d(6), flatten=nn.Flatten(),
        fc6=nn.Linear(9216, 4096), relu6=nn.ReLU(), fc7=nn.Linear(4096, 4096), relu7=nn.ReLU(),
        fc8=nn.Linear(4096, num_classes))  # fmt: skip
    return nn.Sequential(layers)


CASES = [
    Case("alexnet_2012", alexnet_2012, input=(2, 3, 67, 83), slow=True),
    Case("alexnet", models.alexnet),
]
