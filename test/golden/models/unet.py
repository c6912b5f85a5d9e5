"""U-Net after Ronneberger et al. 2015, figure 1: with padding and batch normalisation, and as published."""

import torch
from torch import nn
from torch.nn import functional as F
from zoo import Case


class Twice(nn.Module):
    def __init__(self, inputs, width, padded):
        super().__init__()
        layers = []
        for channels in (inputs, width):
            layers.append(nn.Conv2d(channels, width, 3, padding=int(padded), bias=not padded))
            if padded:
                layers.append(nn.BatchNorm2d(width))
            layers.append(nn.ReLU())
        self.double_conv = nn.Sequential(*layers)

    def forward(self, x):
        return self.double_conv(x)


class Down(nn.Module):
    def __init__(self, inputs, width, padded):
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), Twice(inputs, width, padded))

    def forward(self, x):
        return self.maxpool_conv(x)


class Up(nn.Module):
    def __init__(self, inputs, width, padded):
        super().__init__()
        self.up = nn.ConvTranspose2d(inputs, width, 2, 2)
        self.conv = Twice(inputs, width, padded)

    def forward(self, x, skip):
        x = self.up(x)
        rows, columns = (skip.shape[axis] - x.shape[axis] for axis in (2, 3))
        # Negative padding cuts.
        cut = F.pad(skip, [-(columns // 2), -(columns // 2), -(rows // 2), -(rows // 2)])
        return self.conv(torch.cat([cut, x], 1))


class Out(nn.Module):
    def __init__(self, inputs, classes):
        super().__init__()
        self.conv = nn.Conv2d(inputs, classes, 1)

    def forward(self, x):
        return self.conv(x)


class UNet(nn.Module):
    def __init__(self, num_classes, padded, first=64):
        super().__init__()
        widths = [first << level for level in range(5)]
        self.inc = Twice(1, first, padded)
        for level, (inputs, width) in enumerate(zip(widths, widths[1:]), 1):
            setattr(self, f"down{level}", Down(inputs, width, padded))
        for level, (inputs, width) in enumerate(zip(widths[:0:-1], widths[-2::-1]), 1):
            setattr(self, f"up{level}", Up(inputs, width, padded))
        self.outc = Out(first, num_classes)

    def forward(self, x):
        maps = [self.inc(x)]
        for level in range(1, 5):
            maps.append(getattr(self, f"down{level}")(maps[-1]))
        y = maps.pop()
        for level in range(1, 5):
            y = getattr(self, f"up{level}")(y, maps.pop())
        return self.outc(y)


CASES = [
    Case("unet", lambda num_classes: UNet(num_classes, True), input=(2, 1, 32, 48), classes=3, gain=0.5, training=True),
    Case("unet_s", lambda num_classes: UNet(num_classes, True, 16), input=(2, 1, 32, 48), classes=3, gain=0.5, training=True),
    Case("unet_valid", lambda num_classes: UNet(num_classes, False), input=(1, 1, 188, 204), classes=3, gain=0.7, slow=True),
]
