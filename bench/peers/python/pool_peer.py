"""A training set made as Python's users make it: Pillow and torch, in as many processes as there are cores.

Usage: pool_peer.py SET.json FOLDER ixc25|qwen2_vl PROCESSES. Each sample of the LLaVA records in SET.json becomes
FOLDER/<index>.pt, the rows of its pictures in bfloat16. It prints the counts of samples and of rows as JSON.
"""

import json
import multiprocessing
import os
import sys

import numpy as np
import torch
import torchvision.transforms.functional as tf
from PIL import Image

MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
TILE, MOST_TILES, GROWTH = 560, 18, 1.5
PATCH, MERGE, TEMPORAL = 14, 2, 2


def ixc25(image):
    """Makes one picture's global view and tiles, [1 + h * w, 3, 560, 560]."""
    portrait = image.width < image.height
    if portrait:
        image = image.transpose(Image.TRANSPOSE)
    ratio, columns = image.width / image.height, 1
    while columns * np.ceil(columns / ratio) <= MOST_TILES:
        columns += 1
    columns = min(np.ceil(image.width * GROWTH / TILE), columns - 1)
    width = int(columns * TILE)
    height = int(width / ratio)
    canvas = int(np.ceil(height / TILE) * TILE)
    top = int((canvas - height) / 2)
    image = tf.pad(tf.resize(image, [height, width]), [0, top, 0, canvas - height - top], fill=(255, 255, 255))
    if portrait:
        image = image.transpose(Image.TRANSPOSE)
    values = tf.normalize(tf.to_tensor(image), MEAN, STD)
    whole = torch.nn.functional.interpolate(values[None], size=(TILE, TILE), mode="bicubic")
    rows, columns = values.shape[1] // TILE, values.shape[2] // TILE
    tiles = values.reshape(3, rows, TILE, columns, TILE).permute(1, 3, 0, 2, 4).reshape(-1, 3, TILE, TILE)
    return torch.cat([whole, tiles])


def qwen2_vl(image):
    """Makes one picture's patches, [h * w, 3 * 2 * 14 * 14]."""
    factor = PATCH * MERGE
    width, height = round(image.width / factor) * factor, round(image.height / factor) * factor
    values = tf.normalize(tf.to_tensor(image.resize((width, height), Image.BICUBIC)), MEAN, STD)
    values = values[None].expand(TEMPORAL, -1, -1, -1)
    rows, columns = height // PATCH, width // PATCH
    values = values.reshape(1, TEMPORAL, 3, rows // MERGE, MERGE, PATCH, columns // MERGE, MERGE, PATCH)
    values = values.permute(0, 3, 6, 4, 7, 2, 1, 5, 8)
    return values.reshape(rows * columns, 3 * TEMPORAL * PATCH * PATCH)


def make(task):
    """Makes one sample's file, and returns its count of rows."""
    index, sample, root, folder, transform = task
    pictures = [Image.open(os.path.join(root, name)).convert("RGB") for name in sample.get("image", [])]
    rows = [globals()[transform](picture).to(torch.bfloat16) for picture in pictures]
    made = {"pixel_values": torch.cat(rows)} if rows else {}
    torch.save({**made, "conversations": sample["conversations"]}, f"{folder}/{index}.pt")
    return sum(len(own) for own in rows)


def main(path, folder, transform, processes):
    root = os.path.dirname(path)
    with open(path) as file:
        samples = json.load(file)
    tasks = [(index, sample, root, folder, transform) for index, sample in enumerate(samples)]
    with multiprocessing.Pool(int(processes), torch.set_num_threads, (1,)) as pool:
        rows = sum(pool.imap_unordered(make, tasks, chunksize=1))
    print(json.dumps({"samples": len(samples), "rows": rows}))


if __name__ == "__main__":
    main(*sys.argv[1:])
