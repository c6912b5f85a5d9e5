"""PyTorch on the CPU: builds the network from the job's rows, times steps, answers with one line of JSON."""

import json
import os
import re
import resource
import statistics
import sys
import time

job = json.loads(sys.argv[1])
# A forced core type halves OpenBLAS on newer machines; the runner drops it too. Set before the import.
os.environ.pop("OPENBLAS_CORETYPE", None)
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(job["threads"])

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402


class Residual(nn.Module):
    """relu(body(x) + shortcut(x)), the shortcut of option A."""

    def __init__(self, row):
        super().__init__()
        self.body = chain(row["body"])
        self.stride, self.half = row["stride"], row["grow"] // 2

    def forward(self, x):
        y = self.body(x)
        if self.half:
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.half, self.half))
        return F.relu(y + x)


class GlobalPool(nn.Module):
    def __init__(self, pool):
        super().__init__()
        self.pool = pool

    def forward(self, x):
        return self.pool(x).flatten(1)


def build(row):
    kind = row["kind"]
    if kind == "conv":
        sizes = (row["in"], row["out"], row["kernel"], row["stride"], row["padding"])
        return nn.Conv2d(*sizes, bias=row["bias"])
    if kind == "batchNorm":
        return nn.BatchNorm2d(row["channels"])
    if kind == "linear":
        return nn.Linear(row["in"], row["out"])
    if kind == "maxPool":
        return nn.MaxPool2d(row["size"])
    if kind == "residual":
        return Residual(row)
    return {
        "relu": nn.ReLU,
        "flatten": nn.Flatten,
        "globalMaxPool": lambda: GlobalPool(nn.AdaptiveMaxPool2d(1)),
        "globalAveragePool": lambda: GlobalPool(nn.AdaptiveAvgPool2d(1)),
    }[kind]()


def chain(rows):
    return nn.Sequential(*(build(row) for row in rows))


def blas():
    """The library under its matrix products. Debian's own default is the reference BLAS, many times slower than
    what anybody would use: a ratio to that says nothing, so it is refused."""
    try:
        with open("/proc/self/maps") as maps:
            loaded = maps.read()
    except OSError:
        return "unknown BLAS"
    fast = re.search(r"openblas|libmkl|libblis|atlas", loaded)
    if fast is None and re.search(r"/libblas\.so", loaded):
        sys.exit("PyTorch runs on the slow reference BLAS here — apt-get install libopenblas0-pthread")
    return fast.group() if fast else "built-in BLAS"


torch.set_num_threads(job["threads"])
torch.manual_seed(0)
library = blas()
training = job["task"] == "train"
variant = job.get("variant")
layout = torch.channels_last if variant == "channelsLast" else torch.contiguous_format
network = chain(job["layers"]).to(memory_format=layout).train(training)
x = torch.randn(job["batch"], *job["input"]).contiguous(memory_format=layout)
y = torch.randint(0, job["classes"], (job["batch"],))
optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)


def train():
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(network(x), y)
    loss.backward()
    optimizer.step()
    return loss


def predict():
    with torch.inference_mode():
        network(x)


def measure(step):
    for _ in range(job["warmup"]):
        step()
    times, start = [], time.perf_counter()
    while len(times) < job["minSteps"] or time.perf_counter() - start < job["seconds"]:
        before = time.perf_counter()
        loss = step()
        times.append((time.perf_counter() - before) * 1e3)
    return times, loss


def peak():
    """On Linux from the process itself: the kernel's other count starts at the size of the parent."""
    try:
        with open("/proc/self/status") as status:
            kilobytes = next(line.split()[1] for line in status if line.startswith("VmHWM"))
            return round(int(kilobytes) / 1024)
    except OSError:
        unit = 1024 * 1024 if sys.platform == "darwin" else 1024
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)


times, loss = measure(train if training else predict)
answer = {
    "ms": statistics.median(times),
    "steps": len(times),
    "peakMB": peak(),
    "version": f"{torch.__version__} {library}",
    "parameters": sum(p.numel() for p in network.parameters()),
}
if training:
    answer["loss"] = loss.item()
print(json.dumps(answer))
