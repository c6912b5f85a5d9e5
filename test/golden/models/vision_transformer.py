"""Vision transformers: torchvision's, in its own sizes and timm's smaller ones; DeiT's second token on top of them."""

import torch
from torch import nn
from torchvision import models
from torchvision.models.vision_transformer import VisionTransformer
from zoo import Case

SIZE = 64


def sized(patch, dim, heads, layers=12):
    def make(num_classes):
        return VisionTransformer(SIZE, patch, layers, heads, dim, 4 * dim, num_classes=num_classes)

    return make


class Distilled(VisionTransformer):
    """Touvron et al. 2020, section 4: a token and a classifier that learn from a teacher; both are averaged."""

    def __init__(self, dim, heads, num_classes):
        super().__init__(SIZE, 16, 12, heads, dim, 4 * dim, num_classes=num_classes)
        self.dist_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.encoder.pos_embedding = nn.Parameter(torch.zeros(1, 2 + (SIZE // 16) ** 2, dim))
        self.head_dist = nn.Linear(dim, num_classes)

    def forward(self, x):
        patches = self._process_input(x)
        first = [token.expand(len(x), -1, -1) for token in (self.class_token, self.dist_token)]
        z = self.encoder(torch.cat([*first, patches], dim=1))
        return (self.heads(z[:, 0]) + self.head_dist(z[:, 1])) / 2


def distilled(dim, heads):
    return lambda num_classes: Distilled(dim, heads, num_classes)


def published(make):
    return lambda num_classes: make(num_classes=num_classes, image_size=SIZE)


CASES = [
    Case("vit_b_16", published(models.vit_b_16), slow=True),
    Case("vit_b_32", published(models.vit_b_32), slow=True),
    Case("vit_l_16", published(models.vit_l_16), slow=True),
    Case("vit_l_32", published(models.vit_l_32), slow=True),
    Case("vit_tiny_patch16_224", sized(16, 192, 3)),
    Case("vit_small_patch16_224", sized(16, 384, 6), slow=True),
    Case("vit_small_patch32_224", sized(32, 384, 6), slow=True),
    Case("deit_tiny_patch16_224", sized(16, 192, 3), slow=True),
    Case("deit_small_patch16_224", sized(16, 384, 6), slow=True),
    Case("deit_base_patch16_224", sized(16, 768, 12), slow=True),
    Case("deit_tiny_distilled_patch16_224", distilled(192, 3)),
    Case("deit_small_distilled_patch16_224", distilled(384, 6), slow=True),
    Case("deit_base_distilled_patch16_224", distilled(768, 12), slow=True),
]
