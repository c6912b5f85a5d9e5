"""Logits of the models, written anew in PyTorch, in float64: `npm run golden -- models`.

Every value is a formula of its place and of the parameter's place in the list, so that no weights are stored.
"""
import math
import sys

import torch
import torch.nn.functional as F
from golden_files import write_json
from torch import nn

torch.set_default_dtype(torch.float64)


def wave(shape, phase):
    i = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin(1.7 * i * i + 0.3 * i + phase).reshape(shape)


def fill(net):
    for place, (name, value) in enumerate(net.state_dict().items()):
        if name.endswith("num_batches_tracked"):
            continue
        w = wave(list(value.shape), place)
        if value.dim() > 1:
            value.copy_(2 * w / math.sqrt(math.prod(value.shape[1:])))
        elif name.endswith("running_var"):
            value.copy_(1 + 0.5 * w * w)
        else:
            one = name.endswith("weight")
            value.copy_(0.1 * w + (1 if one else 0))


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


class Zhang(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c2, self.fc = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 12, 5), nn.Linear(192, 10)

    def forward(self, x):
        for conv in (self.c1, self.c2):
            x = torch.sigmoid(F.conv2d(x, conv.weight.flip(2, 3), conv.bias))
            x = F.avg_pool2d(x, 2)
        return torch.sigmoid(self.fc(x.flatten(1)))


class Round(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv = nn.Conv2d(i, o, 5, padding=2)

    def forward(self, x):
        return F.max_pool2d(F.relu(self.conv(x)), 2)


class ConvNetJS(nn.Module):
    def __init__(self):
        super().__init__()
        self.round1, self.round2, self.round3 = Round(3, 16), Round(16, 20), Round(20, 20)
        self.fc = nn.Linear(320, 10)

    def forward(self, x):
        return self.fc(self.round3(self.round2(self.round1(x))).flatten(1))


class Block(nn.Module):
    def __init__(self, i, o, s):
        super().__init__()
        self.conv1 = nn.Conv2d(i, o, 3, s, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(o)
        self.conv2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(o)
        self.s, self.more = s, o - i

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        x = F.pad(x[:, :, ::self.s, ::self.s], (0, 0, 0, 0, self.more // 2, self.more - self.more // 2))
        return F.relu(y + x)


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(*[Block(16, 16, 1) for _ in range(3)])
        self.layer2 = nn.Sequential(Block(16, 32, 2), Block(32, 32, 1), Block(32, 32, 1))
        self.layer3 = nn.Sequential(Block(32, 64, 2), Block(64, 64, 1), Block(64, 64, 1))
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.linear(self.layer3(self.layer2(self.layer1(x))).mean((2, 3)))


class Stage(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.bn1(self.conv1(x)), 2))
        return F.relu(self.bn2(self.conv2(x)))


class CifarNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, 1, 1)
        self.stage1, self.stage2, self.stage3 = Stage(64, 64), Stage(64, 256), Stage(256, 256)
        self.linear = nn.Linear(256, 10)

    def forward(self, x):
        x = self.stage3(self.stage2(self.stage1(F.relu(self.stem(x)))))
        return self.linear(x.amax((2, 3)))


class Whitening(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("weight", torch.empty(32, 3, 3, 3))

    def forward(self, x):
        return F.conv2d(x, self.weight, padding=1)


class AirbenchStage(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(i, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.norm2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)

    def forward(self, x):
        x = F.relu(self.norm1(F.max_pool2d(self.conv1(x), 2)))
        return F.relu(self.norm2(self.conv2(x)))


class Airbench(nn.Module):
    def __init__(self):
        super().__init__()
        self.whiten = Whitening()
        self.stages = nn.Sequential(AirbenchStage(32, 32), AirbenchStage(32, 128), AirbenchStage(128, 128))
        self.head = nn.Linear(128, 10, bias=False)

    def forward(self, x):
        return self.head(self.stages(F.relu(self.whiten(x))).amax((2, 3))) / 9


cases = {
    "zhang": (Zhang, [3, 1, 28, 28]), "lenet5": (LeNet5, [3, 1, 28, 28]),
    "convnetjs-cifar": (ConvNetJS, [2, 3, 32, 32]), "resnet20": (ResNet20, [3, 3, 12, 8]),
    "cifarnet": (CifarNet, [3, 3, 8, 8]), "airbench_s": (Airbench, [3, 3, 8, 8])}
goldens = {}
for name, (make, shape) in cases.items():
    net = make()
    fill(net)
    x = wave(shape, 0.5)
    net.eval()
    evaluated = net(x).flatten().tolist()
    net.train()
    goldens[name] = {
        "input": shape, "names": list(net.state_dict()),
        "parameters": sum(p.numel() for p in net.parameters()),
        "evaluated": evaluated, "training": net(x).flatten().tolist()}
write_json(sys.argv[1], {"torch": torch.__version__, "models": goldens}, digits=12)
