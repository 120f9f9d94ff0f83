"""Reads shards of `vitrail sft` with numpy alone, as InternLM-XComposer-2.5 is fed.

    for samples in batches("shards/shard-00000.safetensors", tensor=torch.from_numpy):
        loss = model(samples=samples).loss
"""

import json, struct
import numpy as np

KINDS = {"F32": "<f4", "F16": "<f2", "BF16": "<u2", "U8": "u1", "I32": "<i4", "I64": "<i8", "BOOL": "?"}

def load(path):
    """A shard's tensors by name, mapped from its file, not read."""
    with open(path, "rb") as file:
        header = json.loads(file.read(*struct.unpack("<Q", file.read(8))))
        data = np.memmap(path, "u1", "r", file.tell())
    part = lambda of: data[slice(*of["data_offsets"])].view(KINDS[of["dtype"]]).reshape(of["shape"])
    return {name: part(entry) for name, entry in header.items() if name != "__metadata__"}

def canvas(shard, picture):
    """The picture on its canvas, normalised, [1, 3, height, width], as the reference's ImageProcessorHD."""
    (_, end), (rows, columns) = shard["picture_rows"][picture], shard["picture_grid"][picture]
    tiles = shard["pixel_values"][end - rows * columns : end]  # a global view, in float shards, comes before
    if "value_table" in shard:  # u8: what each byte becomes, by channel
        tiles = shard["value_table"][np.arange(3)[:, None, None], tiles]
    if tiles.dtype == "<u2":  # bf16, which numpy does not have: the upper halves of f32
        tiles = (tiles.astype("<u4") << 16).view("<f4")
    high, wide = rows * tiles.shape[2], columns * tiles.shape[3]
    return tiles.reshape(rows, columns, *tiles.shape[1:]).transpose(2, 0, 3, 1, 4).reshape(1, 3, high, wide)

def batches(path, batch_size=1, tensor=lambda array: array):
    """Batches as the reference's collator makes them: with pictures, or of text alone."""
    shard, groups = load(path), {"multi": [], "text": []}
    words, uses = shard["text_offsets"], shard["sample_pictures_offsets"]
    for i in range(len(words) - 1):
        text = bytes(shard["text"][words[i] : words[i + 1]]).decode()
        image = [tensor(canvas(shard, p)) for p in shard["sample_pictures"][uses[i] : uses[i + 1]]]
        group = groups["multi" if image else "text"]
        group.append((text, image))
        if len(group) == batch_size:
            yield batch(group)
            group.clear()
    yield from (batch(group) for group in groups.values() if group)

def batch(group):
    """One batch: its texts, and each sample's pictures."""
    texts, images = (list(column) for column in zip(*group))
    if not images[0]:
        return {"text_input": texts, "data_type": ["text"]}
    return {"text_input": [texts], "image": [images], "data_type": ["multi"]}
