"""MobileNet v1, written anew from table 1 of the paper, under timm's names."""

import torch.nn.functional as F
from torch import nn
from zoo import Case


class Separable(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv_dw = nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False)
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv_pw = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return F.relu6(self.bn2(self.conv_pw(F.relu6(self.bn1(self.conv_dw(x))))))


class MobileNet(nn.Module):
    # Rows "Conv dw / s" of table 1 with the channels that follow, one line a resolution.
    ROWS = [
        [(64, 1)],
        [(128, 2), (128, 1)],
        [(256, 2), (256, 1)],
        [(512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1)],
        [(1024, 2), (1024, 1)],
    ]

    def __init__(self, width, num_classes):
        super().__init__()
        channels = int(32 * width)
        self.conv_stem = nn.Conv2d(3, channels, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        stages = []
        for row in self.ROWS:
            pairs = []
            for outputs, stride in row:
                pairs.append(Separable(channels, int(outputs * width), stride))
                channels = int(outputs * width)
            stages.append(nn.Sequential(*pairs))
        self.blocks = nn.Sequential(*stages)
        self.classifier = nn.Linear(channels, num_classes)

    def forward(self, x):
        x = self.blocks(F.relu6(self.bn1(self.conv_stem(x))))
        return self.classifier(x.mean((2, 3)))


def of(width):
    return lambda num_classes: MobileNet(width, num_classes)


CASES = [
    Case("mobilenetv1_025", of(0.25), training=True),
    Case("mobilenetv1_050", of(0.5), slow=True),
    Case("mobilenetv1_075", of(0.75), slow=True),
    Case("mobilenetv1_100", of(1.0), slow=True),
]
