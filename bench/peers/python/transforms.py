"""The parts of the models' transforms that do not depend on what resizes."""

import numpy as np
import torch

TILE, MOST_TILES = 336, 16
SQUARE = 1024
MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
PATCH, MERGE, TEMPORAL = 14, 2, 2


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


def cut(values):
    """Cuts a canvas [3, h, w] into its global view and its tiles, [1 + h * w, 3, 336, 336]."""
    whole = torch.nn.functional.interpolate(values[None], size=(TILE, TILE), mode="bicubic")
    rows, columns = values.shape[1] // TILE, values.shape[2] // TILE
    tiles = values.reshape(3, rows, TILE, columns, TILE).permute(1, 3, 0, 2, 4).reshape(-1, 3, TILE, TILE)
    return torch.cat([whole, tiles])


def qwen_size(width, height):
    """Returns the size [height, width] that Qwen2-VL gives a picture."""
    factor = PATCH * MERGE
    width, height = round(width / factor) * factor, round(height / factor) * factor
    assert 3136 <= width * height <= 12845056, "the bench's pictures stay within the budget"
    return [height, width]


def patches(values):
    """Cuts values [3, h, w] into patches, [h / 14 * w / 14, 3 * 2 * 14 * 14]."""
    rows, columns = values.shape[1] // PATCH, values.shape[2] // PATCH
    values = values[None].expand(TEMPORAL, -1, -1, -1)
    values = values.reshape(1, TEMPORAL, 3, rows // MERGE, MERGE, PATCH, columns // MERGE, MERGE, PATCH)
    values = values.permute(0, 3, 6, 4, 7, 2, 1, 5, 8)
    return values.reshape(rows * columns, 3 * TEMPORAL * PATCH * PATCH)
