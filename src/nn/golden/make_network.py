"""A small network trained three steps by PyTorch in float64, with its statistics:
`npm run golden -- network`."""
import sys

import torch
from golden_files import wave, write_json
from torch import nn

torch.set_default_dtype(torch.float64)


net = nn.Sequential(
    nn.Conv2d(2, 4, 3, padding=1, stride=2, groups=2), nn.BatchNorm2d(4, momentum=0.3), nn.ReLU(),
    nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1), nn.AvgPool2d(2), nn.GELU(),
    nn.Flatten(), nn.LayerNorm(27), nn.Linear(27, 6, bias=False), nn.BatchNorm1d(6, momentum=None),
    nn.Softplus(beta=2), nn.Linear(6, 3))
for i, p in enumerate(net.parameters()):
    with torch.no_grad():
        p.copy_(0.4 * wave(*p.shape, phase=i) + (1 if p.dim() == 1 else 0))
initial = {k: v.flatten().tolist() for k, v in net.state_dict().items()}
shapes = {k: list(v.shape) for k, v in net.state_dict().items()}
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
losses = []
for t in range(3):
    x, y = wave(5, 2, 6, 6, phase=10 + t), torch.tensor([0, 2, 1, 1, t])
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
net.eval()
x = wave(4, 2, 6, 6, phase=20)
write_json(sys.argv[1], {
    "torch": torch.__version__, "initial": initial, "shapes": shapes, "losses": losses,
    "final": {k: v.flatten().tolist() for k, v in net.state_dict().items()},
    "output": net(x).flatten().tolist()}, digits=12)
