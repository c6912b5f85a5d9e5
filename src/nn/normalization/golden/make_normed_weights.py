"""A layer with weight normalisation and one with spectral normalisation, trained 20 steps by PyTorch in float64:
`npm run golden -- normed-weights`."""
import sys

import torch
from golden_files import wave, write_json
from torch import nn

torch.set_default_dtype(torch.float64)


net = nn.Sequential(
    nn.utils.weight_norm(nn.Conv2d(2, 3, 2)), nn.Tanh(), nn.Flatten(),
    nn.utils.spectral_norm(nn.Linear(18, 4)))
with torch.no_grad():
    for i, value in enumerate(net.state_dict().values()):
        value.copy_(wave(*value.shape, phase=i) + (1 if value.numel() == 3 else 0))
initial = {k: v.flatten().tolist() for k, v in net.state_dict().items()}
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
losses = []
for t in range(20):
    x, y = wave(5, 2, 3, 4, phase=10 + t), wave(5, 4, phase=50 + t)
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(net(x), y)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
net.eval()
x = wave(4, 2, 3, 4, phase=20)
write_json(sys.argv[1], {
    "torch": torch.__version__, "initial": initial, "losses": losses,
    "final": {k: v.flatten().tolist() for k, v in net.state_dict().items()},
    "output": net(x).flatten().tolist()}, digits=12)
