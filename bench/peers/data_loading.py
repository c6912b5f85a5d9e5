"""PyTorch's side of bench/data-loading.ts: a DataLoader over torchvision's transforms on Pillow's pictures; one line of JSON.

With {"make": FOLDER, "count": N} it writes so many synthetic photographs of 500 x 375 pixels instead.
"""
import json
import os
import resource
import sys
import time

from PIL import Image, ImageFilter

job = json.loads(sys.argv[1])


def make(folder, count):
    for i in range(count):
        noise = Image.effect_noise((500, 375), 90 + i % 30)
        colour = Image.merge("RGB", [noise.filter(ImageFilter.GaussianBlur(r + i % 5)) for r in (2, 3, 4)])
        grain = Image.effect_noise((500, 375), 12).convert("RGB")
        Image.blend(colour, grain, 0.2).save(os.path.join(folder, f"{i:04}.jpg"), quality=90)


if "make" in job:
    make(job["make"], job["count"])
    sys.exit()

import torch
import torchvision
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms


class Photos(Dataset):
    def __init__(self, files):
        self.files = files
        self.transform = transforms.Compose([
            transforms.RandomResizedCrop(224),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ])

    def __len__(self):
        return len(self.files)

    def __getitem__(self, i):
        # As torchvision's ImageFolder reads files.
        with open(self.files[i], "rb") as file:
            return self.transform(Image.open(file).convert("RGB")), 0


loader = DataLoader(
    Photos(job["files"]), batch_size=job["batch"], shuffle=True, num_workers=job["workers"],
    persistent_workers=job["workers"] > 0,
)


def cpu_ms():
    """Of this process and its workers, who are asked for while they live."""
    iterator = getattr(loader, "_iterator", None)
    pids = [os.getpid()] + [worker.pid for worker in getattr(iterator, "_workers", [])]
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return 1000 * ticks / os.sysconf("SC_CLK_TCK")


checksum = 0.0
for epoch in range(job["epochs"] + 1):
    if epoch == 1:
        images, spent, begun = 0, cpu_ms(), time.perf_counter()
    for pictures, _ in loader:
        if epoch:
            images += len(pictures)
        checksum += float(pictures.flatten()[pictures.numel() // 2])
seconds = time.perf_counter() - begun
assert checksum == checksum, "the batches hold no numbers"
print(json.dumps({
    "imagesPerSecond": images / seconds,
    "cpuMs": (cpu_ms() - spent) / images,
    "version": f"torch {torch.__version__}, torchvision {torchvision.__version__}",
}))
