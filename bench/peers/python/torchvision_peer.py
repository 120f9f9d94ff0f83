"""torchvision's transforms of tensors as a peer, as processors of transformers 5 work by default.

It decodes by torchvision, and works on a torch device, which is its argument (`cpu`, `cuda`). It leaves its
result there. It answers one JSON request a line; see work.ts and serving.py.
"""

import sys

import torch
import torchvision.transforms.functional as tf
from torchvision.io import ImageReadMode, decode_image

from serving import inputs_of, serve, streamed
from transforms import MEAN, STD, cut, patches, placed, qwen_size

try:
    import torchvision.transforms.v2.functional as v2
except ImportError:  # before 0.15
    v2 = tf

DEVICE = sys.argv[1]


def decoded(data):
    """Returns a picture as bytes of RGB, [3, h, w]; encoded bytes are decoded."""
    if torch.is_tensor(data):
        return data
    return decode_image(torch.frombuffer(bytearray(data), dtype=torch.uint8), ImageReadMode.RGB)


def hd(values):
    """Makes one picture's global view and tiles."""
    transposed = values.shape[2] < values.shape[1]
    if transposed:
        values = values.transpose(1, 2)
    size, padding = placed(values.shape[2], values.shape[1])
    values = v2.pad(v2.resize(values, size, antialias=True), padding, fill=255)
    if transposed:
        values = values.transpose(1, 2)
    return cut(normalized(values))


def qwen(values):
    """Makes one picture's patches."""
    size = qwen_size(values.shape[2], values.shape[1])
    return patches(normalized(v2.resize(values, size, tf.InterpolationMode.BICUBIC, antialias=True)))


def normalized(values):
    """Normalises bytes; one mean and one deviation do for rescaling, too."""
    return v2.normalize(values.float(), [255 * mean for mean in MEAN], [255 * std for std in STD])


def prepare(work):
    inputs = inputs_of(work, decoded)
    transform = {"hd": hd, "qwen": qwen}[work["task"]]

    def rows_of(data):
        return transform(decoded(data).to(DEVICE))

    if work.get("processes"):
        return streamed(inputs, rows_of, work["processes"])
    return lambda _: torch.cat([rows_of(data) for data in inputs])


serve(prepare)
