"""Pillow, torchvision and torch as a peer, with the Python code of the models.

It does InternLM-XComposer's HD transform and Qwen2-VL's patches. It answers one JSON request a line; see
work.ts and serving.py.
"""

import numpy as np
import torch
import torchvision.transforms.functional as tf
from PIL import Image

from serving import inputs_of, opened, serve, streamed
from transforms import MEAN, SQUARE, STD, cut, patches, placed, qwen_size


def hd(image):
    """Makes one picture's global view and tiles."""
    transposed = image.width < image.height
    if transposed:
        image = image.transpose(Image.TRANSPOSE)
    size, padding = placed(image.width, image.height)
    image = tf.pad(tf.resize(image, size), padding, fill=(255, 255, 255))
    if transposed:
        image = image.transpose(Image.TRANSPOSE)
    return cut(tf.normalize(tf.to_tensor(image), MEAN, STD))


def qwen(image):
    """Makes one picture's patches."""
    height, width = qwen_size(image.width, image.height)
    values = np.asarray(image.resize((width, height), Image.BICUBIC))
    values = (values.astype(np.float64) * (1 / 255)).astype(np.float32)
    values = (values - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return patches(torch.from_numpy(values).permute(2, 0, 1))


def resized(image):
    """Makes one picture's square, [1024, 1024, 3] bytes."""
    return torch.from_numpy(np.array(image.resize((SQUARE, SQUARE), Image.LANCZOS)))


def prepare(work):
    inputs = inputs_of(work, opened)
    transform = {"hd": hd, "qwen": qwen, "resize": resized}[work["task"]]
    if work.get("processes"):
        return streamed(inputs, lambda data: transform(opened(data)), work["processes"])
    return lambda _: torch.cat([transform(opened(i)) for i in inputs])


serve(prepare)
