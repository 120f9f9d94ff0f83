"""Writes torch_resize.json: what torchvision makes of tensors of bytes, antialiased, and of two processors' steps after it.

    python3 tests/goldens/make_torch.py

Needs numpy, torch and torchvision (made with numpy 1.24, torch 1.13 and torchvision 0.14, on a CPU).
"""

import base64
import json
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import interpolate
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

MODES = {"bilinear": InterpolationMode.BILINEAR, "bicubic": InterpolationMode.BICUBIC}
CLIP_MEAN, CLIP_STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]


def mix(w, h):
    x, y, c = np.meshgrid(np.arange(w), np.arange(h), np.arange(3), indexing="xy")
    return ((x * 7 + y * 13 + c * 29 + ((x * y) >> 3)) & 255).astype(np.uint8)


def noise(w, h, seed=1):
    state, values = seed, []
    for _ in range(w * h * 3):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        values.append(state >> 24)
    return np.array(values, np.uint8).reshape(h, w, 3)


KINDS = {"mix": mix, "noise": noise}


def planes(kind, w, h):
    return torch.from_numpy(KINDS[kind](w, h)).permute(2, 0, 1).contiguous()


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def resized(kind, w, h, width, height, mode):
    picture = planes(kind, w, h)
    floats = interpolate(picture[None].float(), (height, width), mode=mode, antialias=True, align_corners=False)[0]
    whole = F.resize(picture, [height, width], MODES[mode], antialias=True)
    return {
        "src": {"kind": kind, "w": w, "h": h, "seed": 1},
        "size": [width, height],
        "filter": mode,
        "floats": text(floats.permute(1, 2, 0).numpy()),
        "bytes": text(whole.permute(1, 2, 0).numpy()),
    }


def nearest(kind, w, h, width, height):
    """transformers' NEAREST is torch's nearest-exact."""
    picture = planes(kind, w, h)[None].float()
    whole = interpolate(picture, (height, width), mode="nearest-exact")[0].to(torch.uint8)
    return {
        "src": {"kind": kind, "w": w, "h": h, "seed": 1},
        "size": [width, height],
        "filter": "nearest",
        "bytes": text(whole.permute(1, 2, 0).numpy()),
    }


def normalized(picture):
    """Rescaling and normalising in one step, as transformers' torchvision backend does."""
    mean, std = torch.tensor(CLIP_MEAN) * (1.0 / (1 / 255)), torch.tensor(CLIP_STD) * (1.0 / (1 / 255))
    return F.normalize(picture.float(), mean, std)


def clip(kind, w, h, edge):
    short, long = min(w, h), max(w, h)
    size = [edge, int(edge * long / short)] if h <= w else [int(edge * long / short), edge]
    picture = F.resize(planes(kind, w, h), size, MODES["bicubic"], antialias=True)
    top, left = int((size[0] - edge) / 2.0), int((size[1] - edge) / 2.0)
    values = normalized(F.crop(picture, top, left, edge, edge))
    return {"src": {"kind": kind, "w": w, "h": h, "seed": 1}, "edge": edge, "values": text(values.numpy())}


def clip_around(kind, w, h, edge, width, height):
    """A crop larger than what it crops: TorchvisionBackend.center_crop pads by half, rounded down, before."""
    short, long = min(w, h), max(w, h)
    size = [edge, int(edge * long / short)] if h <= w else [int(edge * long / short), edge]
    picture = F.resize(planes(kind, w, h), size, MODES["bicubic"], antialias=True)
    across, down = max(width - size[1], 0), max(height - size[0], 0)
    picture = F.pad(picture, [across // 2, down // 2, (across + 1) // 2, (down + 1) // 2], fill=0)
    top, left = int((picture.shape[1] - height) / 2.0), int((picture.shape[2] - width) / 2.0)
    values = normalized(F.crop(picture, top, left, height, width))
    return {
        "src": {"kind": kind, "w": w, "h": h, "seed": 1},
        "edge": edge,
        "crop": [width, height],
        "values": text(values.numpy()),
    }


def qwen2_vl(kind, w, h, width, height):
    picture = F.resize(planes(kind, w, h), [height, width], MODES["bicubic"], antialias=True)
    values = normalized(picture)[None].repeat(2, 1, 1, 1)
    rows, columns = height // 14, width // 14
    values = values.reshape(1, 2, 3, rows // 2, 2, 14, columns // 2, 2, 14).permute(0, 3, 6, 4, 7, 2, 1, 5, 8)
    return {
        "src": {"kind": kind, "w": w, "h": h, "seed": 1},
        "grid": [rows, columns],
        "values": text(values.reshape(rows * columns, -1).numpy()),
    }


SIZES = [
    (97, 61, 40, 23),
    (20, 13, 47, 31),
    (48, 36, 48, 15),
    (21, 60, 11, 60),
    (333, 5, 20, 3),
    (3, 2, 50, 40),
    (1, 1, 7, 5),
    (64, 16, 32, 4),  # whole numbers: sums fall on halves
    (3000, 4, 211, 2),  # centres are coarse in f32
    (30, 20, 1, 1),
]
records = [
    resized(kind, *sizes, mode) for sizes in SIZES for mode in MODES for kind in KINDS
]
document = {
    "resize": records + [nearest(kind, *sizes) for sizes in SIZES for kind in KINDS],
    "clip": [clip("mix", 60, 41, 24), clip("noise", 33, 50, 24)],
    "clip_around": [clip_around("noise", 40, 61, 14, 29, 17), clip_around("mix", 50, 31, 13, 20, 24)],
    "qwen2_vl": [qwen2_vl("mix", 75, 50, 84, 56)],
}
Path(__file__).with_name("torch_resize.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")
