"""Small networks as PyTorch exports them to ONNX, with what they compute: `npm run golden -- torch-exports`."""

import base64
import io
import sys
import zlib

import torch
from golden_files import write_json
from torch import nn
from torch.nn import functional as F
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.models.vision_transformer import VisionTransformer

torch.manual_seed(0)
TRAINING = torch.onnx.TrainingMode.TRAINING


class Shapes(nn.Module):
    """Sizes that are computed from sizes: what exports are full of."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.scale = nn.Parameter(torch.rand(1, 8, 1, 1))
        self.fc = nn.Linear(12, 5)

    def forward(self, x):
        n, _, h, w = x.shape
        y = F.gelu(self.conv(x)) * self.scale
        y = F.pad(y, (1, 2, 0, 1))[:, :, :h, 1 : w + 1]
        y = F.interpolate(y, size=(h * 2, w * 2), mode="bilinear", align_corners=False)
        y = F.interpolate(y, scale_factor=0.5, mode="nearest")
        a, b = y.chunk(2, dim=1)
        y = torch.cat([a, b.flip(1), a.mean(1, keepdim=True).expand(n, 4, h, w)], 1)
        y = y.view(n, 2, 6, h, w).transpose(1, 2).reshape(n, 12, h * w)
        y = y.std(2, unbiased=False) + y.amax(2) + y.norm(dim=2)
        return self.fc(y.view(n, -1))


class Batched(nn.Module):
    """Normalises by the batch; a fixed size of the batch is written into the file by `view(1, -1)`."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 8, 3, groups=2)
        self.bn2 = nn.BatchNorm2d(8, momentum=0.3)
        self.drop = nn.Dropout(0.0)
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.hardswish(self.bn2(self.conv2(y)))
        y = F.adaptive_avg_pool2d(y, 1)
        y = y.view(int(x.shape[0]), -1)
        return self.fc(self.drop(y))


def vit():
    return VisionTransformer(image_size=16, patch_size=8, num_layers=1, num_heads=2, hidden_dim=8, mlp_dim=12, num_classes=3)


def swin():
    return SwinTransformer([4, 4], embed_dim=8, depths=[2], num_heads=[2], window_size=[2, 2], num_classes=3)


def drawn(net):
    """With values that show mistakes where others start with zeros and ones."""
    for p in net.parameters():
        nn.init.normal_(p, 0.1, 0.5 if p.ndim == 1 else 0.2)
    for b in net.modules():
        if isinstance(b, nn.BatchNorm2d):
            b.running_mean.uniform_(-0.3, 0.3)
            b.running_var.uniform_(0.5, 1.5)
    return net


def exported(net, x, **options):
    file = io.BytesIO()
    torch.onnx.export(net, x, file, input_names=["x"], output_names=["y"], **options)
    return base64.b64encode(zlib.compress(file.getvalue(), 9)).decode()


def listed(tensor):
    return [float(f"{v:.8g}") for v in tensor.detach().flatten().tolist()]


def case(name, net, shape, batch=1, **options):
    drawn(net)
    x = torch.randn(3, *shape)
    training = options.get("training") == TRAINING
    net.train(training)
    file = exported(net, x[:batch], **options)
    net.eval()
    entry = {"name": name, "file": file, "shape": shape, "x": listed(x), "y": listed(net(x))}
    if training:
        net.train()
        y = net(x)
        weights = torch.linspace(-1, 1, y.numel()).reshape(y.shape)
        (y * weights).sum().backward()
        entry["training"] = {
            "y": listed(y),
            "grads": {k: listed(p.grad) for k, p in net.named_parameters()},
            "buffers": {k: listed(b) for k, b in net.named_buffers() if b.is_floating_point()},
        }
    return entry


dynamic = {"dynamic_axes": {"x": {0: "n"}}}
raw = {"training": TRAINING, "do_constant_folding": False}
write_json(
    sys.argv[1],
    [
        case("vision transformer, any batch", vit(), [3, 16, 16], opset_version=16, **dynamic, **raw),
        case("Swin transformer, a batch of one", swin(), [3, 16, 16], opset_version=14),
        case("Swin transformer, any batch", swin(), [3, 16, 16], opset_version=16, **dynamic),
        case("sizes computed from sizes, a batch of one", Shapes(), [3, 6, 8], opset_version=11),
        case("sizes computed from sizes, any batch", Shapes(), [3, 6, 8], opset_version=16, **dynamic),
        case("batch norms, a batch of one", Batched(), [3, 9, 9], opset_version=12, **raw),
        case("batch norms, any batch", Batched(), [3, 9, 9], opset_version=15, **dynamic, **raw),
        case("vision transformer, a batch of three", vit(), [3, 16, 16], batch=3, opset_version=13),
    ],
)
