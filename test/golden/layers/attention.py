"""Equations of attention that PyTorch 1.13 lacks, each in another form than the library's: loops, one head at a time."""

import math

import torch
from torch import nn


def attend(q, k, v, scale=None, causal=False, allowed=None, added=None):
    """Query by query: exponentials of what it may see, over their sum."""
    *leading, length, width = q.shape
    keys = k.shape[-2]
    allowed = torch.ones(1, 1, dtype=torch.bool) if allowed is None else allowed
    allowed = allowed.expand(*leading, length, keys).reshape(-1, length, keys)
    added = torch.zeros(1, 1, dtype=q.dtype) if added is None else added
    added = added.expand(*leading, length, keys).reshape(-1, length, keys)
    scale = 1 / math.sqrt(width) if scale is None else scale
    rows = []
    for b, (qs, ks, vs) in enumerate(zip(q.flatten(0, -3), k.flatten(0, -3), v.flatten(0, -3))):
        for i in range(length):
            seen = [j for j in range(keys) if allowed[b, i, j] and (j <= i or not causal)]
            if not seen:
                rows.append(0 * vs.sum(0))
                continue
            powers = torch.stack([(scale * qs[i].dot(ks[j]) + added[b, i, j]).exp() for j in seen])
            rows.append(sum(power * vs[j] for power, j in zip(powers, seen)) / powers.sum())
    return torch.stack(rows).reshape(*leading, length, v.shape[-1])


def attend_to_itself(width, heads):
    """nn.MultiheadAttention of one input."""

    class Itself(nn.MultiheadAttention):
        def forward(self, x):
            return super().forward(x, x, x)[0]

    return Itself(width, heads, batch_first=True)


def masked_attention(x, p, padding=None, attn=None, add_zero_attn=False):
    """PyTorch's own layer with masks, under the names of a module within another."""
    states = {name.removeprefix("attn."): value for name, value in p.items()}
    if attn is not None:
        # PyTorch 1.13 does not add masks of numbers to those of bools: one mask for each image and head.
        attn = torch.zeros(attn.shape, dtype=x.dtype).masked_fill(attn, -math.inf)
        attn, padding = (attn + padding[:, None]).repeat_interleave(2, 0), None
    y, _ = torch.nn.functional.multi_head_attention_forward(
        *[x.transpose(0, 1)] * 3, x.shape[2], 2, states["in_proj_weight"], states["in_proj_bias"],
        None, None, add_zero_attn, 0.0, states["out_proj.weight"], states["out_proj.bias"],
        key_padding_mask=padding, attn_mask=attn, need_weights=False,
    )
    return y.transpose(0, 1)


def normed(x, p, name):
    mean = x.mean(-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(-1, keepdim=True)
    return (x - mean) / (variance + 1e-5).sqrt() * p[f"{name}.weight"] + p[f"{name}.bias"]


def self_attention(x, p, heads):
    """One head at a time, with its own rows of the weight."""
    width = x.shape[2]
    each = width // heads
    bias = p.get("qkv.bias", torch.zeros(3 * width, dtype=x.dtype))
    outputs = []
    for h in range(heads):
        q, k, v = (
            x @ p["qkv.weight"][part * width + h * each :][:each].T
            + bias[part * width + h * each :][:each]
            for part in range(3)
        )
        outputs.append(attend(q, k, v))
    return torch.cat(outputs, -1) @ p["proj.weight"].T + p["proj.bias"]


def two_layers(x, p, act=lambda h: h * (1 + torch.erf(h / math.sqrt(2))) / 2):
    h = act(x @ p["fc1.weight"].T + p.get("fc1.bias", 0))
    if "norm.weight" in p:
        h = normed(h, p, "norm")
    return h @ p["fc2.weight"].T + p.get("fc2.bias", 0)


def block(x, p, heads):
    def of(name):
        return {k.removeprefix(f"{name}."): v for k, v in p.items() if k.startswith(f"{name}.")}

    x = x + p.get("ls1.gamma", 1) * self_attention(normed(x, p, "norm1"), of("attn"), heads)
    return x + p.get("ls2.gamma", 1) * two_layers(normed(x, p, "norm2"), of("mlp"))


def patches(x, p):
    """Each patch cut out and multiplied with the weights as a matrix."""
    w = p["proj.weight"]
    _, _, rows, columns = w.shape
    tokens = [
        x[:, :, top : top + rows, left : left + columns].flatten(1) @ w.flatten(1).T
        for top in range(0, x.shape[2], rows)
        for left in range(0, x.shape[3], columns)
    ]
    return torch.stack(tokens, 1) + p.get("proj.bias", 0)


def sinusoids(places, width):
    table = torch.zeros(places, width, dtype=torch.float64)
    for t in range(places):
        for i in range(width // 2):
            angle = t * math.exp(-math.log(10000) * 2 * i / width)
            table[t, 2 * i], table[t, 2 * i + 1] = math.sin(angle), math.cos(angle)
    return table.float().double()  # as it is kept


def sincos_grid(rows, columns, width):
    """As in the code of MAE: the column first."""
    half = width // 2
    omega = 1 / 10000 ** (torch.arange(half // 2, dtype=torch.float64) / (half / 2))

    def waves(place):
        return torch.cat([torch.sin(place * omega), torch.cos(place * omega)])

    return torch.stack(
        [torch.cat([waves(column), waves(row)]) for row in range(rows) for column in range(columns)]
    ).float().double()  # as it is kept


def neighbour_gates(x, p):
    """ECA, channel by channel."""
    w = p["conv.weight"].flatten()
    means = x.mean([2, 3])
    channels = []
    for c in range(x.shape[1]):
        near = [(c + j - len(w) // 2, w[j]) for j in range(len(w))]
        score = sum(weight * means[:, i] for i, weight in near if 0 <= i < x.shape[1])
        channels.append(x[:, c] * torch.sigmoid(score)[:, None, None])
    return torch.stack(channels, 1)


def channel_gates(x, p):
    flat = x.flatten(2)
    first, second = p["fc1.weight"].flatten(1), p["fc2.weight"].flatten(1)
    score = sum(
        (squeezed @ first.T).clamp(min=0) @ second.T
        for squeezed in [flat.sum(2) / flat.shape[2], flat.max(2).values]
    )
    return x / (1 + torch.exp(-score))[:, :, None, None]


def place_gates(x, p):
    maps = torch.stack([x.mean(1), x.max(1).values], 1)
    w = p["conv.conv.weight"]
    score = torch.nn.functional.conv2d(maps, w, padding=w.shape[2] // 2)
    score = (score - p["conv.bn.running_mean"]) / (p["conv.bn.running_var"] + 1e-5).sqrt()
    return x / (1 + torch.exp(-score * p["conv.bn.weight"] - p["conv.bn.bias"]))


def both_gates(x, p):
    def of(name):
        return {k.removeprefix(f"{name}."): v for k, v in p.items() if k.startswith(f"{name}.")}

    return place_gates(channel_gates(x, of("channel")), of("spatial"))
