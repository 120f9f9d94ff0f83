"""The first pack of a set, read as a trainer reads it, beside what a trainer would compute itself.

Usage: first_pack.py SHARDS RECORDS. It prints as JSON the checksum of each picture's patches, in order, and whether
tokens, labels, kinds, positions and lengths are those that are computed here from the records and the grids alone.
The text is Qwen2.5-VL's: a turn is `<|im_start|>role`, a newline, its content and `<|im_end|>`, with a newline
behind it. A byte is its own token, and marks have ids from 95000 on.
"""

import hashlib
import json
import re
import sys

import numpy as np

shards, records = sys.argv[1:]
sys.path.insert(0, shards)
from vitrail_reader import Shards  # noqa: E402

MARKS = ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>"]
END, PAD = 95001, 95004
ROLES = {"human": "user", "gpt": "assistant"}
VISION = "<|vision_start|><|image_pad|><|vision_end|>"


def tokenized(text):
    """The tokens of a text: those of marks, and bytes."""
    ids = []
    for piece in re.split("(" + "|".join(map(re.escape, MARKS)) + ")", text):
        ids += [95000 + MARKS.index(piece)] if piece in MARKS else piece.encode()
    return ids


def expanded(ids, labels, counts):
    """The same tokens with as many pads as each picture has."""
    found = ([], [])
    for token, label in zip(ids, labels):
        times = next(counts) if token == PAD else 1
        found[0].extend([token] * times)
        found[1].extend([label] * times)
    return found


def positions_of(ids, grids):
    """M-RoPE's positions [3, tokens]: text counts along all axes, pictures along time, height and width."""
    columns, at, start = [], 0, 0
    for rows, width in grids:
        first = ids.index(PAD, at)
        columns.append(np.tile(np.arange(first - at) + start, (3, 1)))
        start += first - at
        height_of, width_of = np.divmod(np.arange(rows * width), width)
        columns.append(np.stack([np.zeros(rows * width, int), height_of, width_of]) + start)
        start += max(rows, width)
        at = first + rows * width
    columns.append(np.tile(np.arange(len(ids) - at) + start, (3, 1)))
    return np.concatenate(columns, 1)


pack = Shards(shards, packs=True, verify=True)[0]
with open(records) as file:
    known = {record["id"]: record for record in json.load(file)}
grids = iter(pack["image_grid_thw"].tolist())
ids, labels, positions, lengths = [], [], [], [0]
for record in (known[record["id"]] for record in pack["record"]):
    own = [next(grids)[1:] for _ in record["image"]]
    merged = [(height // 2, width // 2) for height, width in own]
    tokens, learnt = [], []
    for turn in record["conversations"]:
        head = tokenized(f"<|im_start|>{ROLES[turn['from']]}\n")
        body = tokenized(turn["value"].replace("<image>", VISION)) + [END]
        answer = turn["from"] == "gpt"
        tokens += [*head, *body, 10]
        learnt += [-100] * len(head) + (body if answer else [-100] * len(body)) + [-100]
    tokens, learnt = expanded(tokens, learnt, iter([height * width for height, width in merged]))
    ids += tokens
    labels += learnt
    positions.append(positions_of(tokens, merged))
    lengths.append(len(ids))

patches, at = [], 0
for time, height, width in pack["image_grid_thw"].tolist():
    rows = pack["pixel_values"][at : at + time * height * width]
    patches.append(hashlib.sha256(np.ascontiguousarray(rows).tobytes()).hexdigest())
    at += len(rows)
same = {
    "input_ids": pack["input_ids"].tolist() == ids,
    "labels": pack["labels"].tolist() == labels,
    "mm_token_type_ids": pack["mm_token_type_ids"].tolist() == [int(token == PAD) for token in ids],
    "position_ids": np.array_equal(pack["position_ids"], np.concatenate(positions, 1)),
    "cu_seqlens": pack["cu_seqlens"].tolist() == lengths,
    "rows": len(pack["pixel_values"]) == at,
}
print(json.dumps({"patches": patches, "samples": [record["id"] for record in pack["record"]], "same": same}))
