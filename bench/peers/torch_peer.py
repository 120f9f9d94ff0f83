"""Pillow, torchvision and torch as a peer, with the Python code of the models.

It does InternLM-XComposer's HD transform and Qwen2-VL's patches. With a torch device as its argument (`cuda`)
the HD transform works on tensors there, by torchvision's tensor transforms, and leaves its result there. It
answers one JSON request a line; see work.ts and serving.py.
"""

import sys

import numpy as np
import torch
import torchvision.transforms.functional as tf
from PIL import Image

from serving import inputs_of, opened, serve

try:
    import torchvision.transforms.v2.functional as v2
except ImportError:  # before 0.15
    v2 = tf

TILE, MOST_TILES = 336, 16
SQUARE = 1024
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
PATCH, MERGE, TEMPORAL = 14, 2, 2
DEVICE = sys.argv[1] if len(sys.argv) > 1 else None


def placed(width, height):
    """Returns a landscape picture's content [height, width] and its padding to whole tiles.

    The padding is [left, top, right, bottom].
    """
    ratio = width / height
    columns = 1
    while columns * np.ceil(columns / ratio) <= MOST_TILES:
        columns += 1
    width = (columns - 1) * TILE
    height = int(width / ratio)
    canvas = int(np.ceil(height / TILE) * TILE)
    top = int((canvas - height) / 2)
    return [height, width], [0, top, 0, canvas - height - top]


def hd(image):
    """Makes one picture's global view and tiles, [1 + h * w, 3, 336, 336]."""
    transposed = image.width < image.height
    if transposed:
        image = image.transpose(Image.TRANSPOSE)
    size, padding = placed(image.width, image.height)
    image = tf.pad(tf.resize(image, size), padding, fill=(255, 255, 255))
    if transposed:
        image = image.transpose(Image.TRANSPOSE)
    return cut(tf.normalize(tf.to_tensor(image), MEAN, STD))


def hd_on(device):
    """Returns `hd` for a device: pixels go there as bytes, and tensor transforms do the rest."""

    def transform(image):
        values = torch.from_numpy(np.array(image)).to(device).permute(2, 0, 1)
        transposed = image.width < image.height
        if transposed:
            values = values.transpose(1, 2)
        size, padding = placed(values.shape[2], values.shape[1])
        values = v2.pad(v2.resize(values, size, antialias=True), padding, fill=255)
        if transposed:
            values = values.transpose(1, 2)
        return cut(v2.normalize(values.float() / 255, list(MEAN), list(STD)))

    return transform


def cut(values):
    """Cuts a canvas [3, h, w] into its global view and its tiles."""
    whole = torch.nn.functional.interpolate(values[None], size=(TILE, TILE), mode="bicubic")
    rows, columns = values.shape[1] // TILE, values.shape[2] // TILE
    tiles = values.reshape(3, rows, TILE, columns, TILE).permute(1, 3, 0, 2, 4).reshape(-1, 3, TILE, TILE)
    return torch.cat([whole, tiles])


def qwen(image):
    """Makes one picture's patches, [h * w, 3 * 2 * 14 * 14]."""
    factor = PATCH * MERGE
    width, height = round(image.width / factor) * factor, round(image.height / factor) * factor
    assert 3136 <= width * height <= 12845056, "the bench's pictures stay within the budget"
    values = np.asarray(image.resize((width, height), Image.BICUBIC))
    values = (values.astype(np.float64) * (1 / 255)).astype(np.float32)
    values = (values - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    values = torch.from_numpy(values).permute(2, 0, 1)[None].expand(TEMPORAL, -1, -1, -1)
    rows, columns = height // PATCH, width // PATCH
    values = values.reshape(1, TEMPORAL, 3, rows // MERGE, MERGE, PATCH, columns // MERGE, MERGE, PATCH)
    values = values.permute(0, 3, 6, 4, 7, 2, 1, 5, 8)
    return values.reshape(rows * columns, 3 * TEMPORAL * PATCH * PATCH)


def resized(image):
    """Makes one picture's square, [1024, 1024, 3] bytes."""
    return torch.from_numpy(np.array(image.resize((SQUARE, SQUARE), Image.LANCZOS)))


def prepare(work):
    inputs = inputs_of(work)
    transform = {"hd": hd_on(DEVICE) if DEVICE else hd, "qwen": qwen, "resize": resized}[work["task"]]
    return lambda: torch.cat([transform(opened(i)) for i in inputs])


serve(prepare)
