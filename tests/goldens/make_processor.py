"""Writes processors/FAMILY.json: what an image processor of transformers returns for thirteen calls, as hashes.

    python3 tests/goldens/make_processor.py FAMILY CLASS PRESET '{"size": {"height": 384, "width": 384}}'

FAMILY is the name in src/recipes/families/families.ts, CLASS the class without Pil, and PRESET the name of this
choice of arguments. Both of the class's twins are run, torchvision's on a CPU and Pillow's, where there are two.
A preset that the file has is replaced, others stay. Needs transformers 5, torch, torchvision, numpy and Pillow.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import transformers
from PIL import Image

CALLS = [
    [("mix", 1680, 1008, 0)],
    [("noise", 640, 480, 1)],
    [("mix", 480, 640, 0)],
    [("grad", 512, 512, 0)],
    [("mix", 336, 336, 0)],
    [("mix", 1920, 1080, 0)],
    [("check", 97, 131, 0)],
    [("mix", 4000, 50, 0)],
    [("mix", 50, 4000, 0)],
    [("stripe", 28, 29, 0)],
    [("mix", 3, 2, 0)],
    [("mix", 1, 1, 0)],
    [("mix", 1680, 1008, 0), ("mix", 480, 640, 0)],
]

# The pictures that tests/support/synthetic.ts draws: x, y and c by pixel and channel.
FORMULAS = {
    "mix": lambda x, y, c, w, h: (x * 7 + y * 13 + c * 29 + ((x * y) >> 3)) & 255,
    "grad": lambda x, y, c, w, h: np.choose(
        c, [x * 255 // max(w - 1, 1), y * 255 // max(h - 1, 1), (x + y) * 255 // max(w + h - 2, 1)]
    ),
    "check": lambda x, y, c, w, h: (((x >> 2) + (y >> 2)) % 2 * 255) ^ ((c == 2) * 255),
    "stripe": lambda x, y, c, w, h: ((x * 3 + y * 5 + c * 7) % 17 < 3) * 255,
}


def picture(kind, w, h, seed):
    if kind == "noise":
        return Image.fromarray(noise(w, h, seed))
    x, y, c = np.meshgrid(np.arange(w), np.arange(h), np.arange(3), indexing="xy")
    return Image.fromarray(FORMULAS[kind](x, y, c, w, h).astype(np.uint8))


def noise(w, h, state):
    values = np.empty(w * h * 3, np.uint8)
    for i in range(len(values)):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        values[i] = state >> 24
    return values.reshape(h, w, 3)


def record(value):
    """A tensor by its shape, type and hash; lists of them as lists; anything else as it is."""
    if isinstance(value, (list, tuple)) and any(hasattr(item, "shape") or isinstance(item, list) for item in value):
        return {"list": [record(item) for item in value]}
    if not hasattr(value, "shape"):
        return {"value": value}
    if str(value.dtype) == "torch.bfloat16":
        value = value.float()  # of the same values
    array = np.ascontiguousarray(value)
    few = {"value": array.tolist()} if array.dtype.kind in "iu" and array.size <= 64 else {}
    digest = hashlib.sha256(array.tobytes()).hexdigest()
    return {"shape": list(array.shape), "dtype": str(array.dtype), "sha256": digest, **few}


def call(processor, pictures):
    srcs = [dict(zip(("kind", "w", "h", "seed"), p)) for p in pictures]
    images = [picture(*p) for p in pictures]
    try:
        outputs = processor(images=images, return_tensors="pt")
    except Exception as error:  # what Python refuses must be refused here, too
        return {"srcs": srcs, "error": repr(error)}
    return {"srcs": srcs, "outputs": {name: record(value) for name, value in outputs.items()}}


family, base, preset, *more = sys.argv[1:]
kwargs = json.loads(more[0]) if more else {}
path = Path(__file__).with_name("processors") / f"{family}.json"
known = json.loads(path.read_text())["results"] if path.exists() else []
results = [old for old in known if old["preset"] != preset]
for backend, name in (("torchvision", base), ("pil", f"{base}Pil")):
    make = getattr(transformers, name, None)
    if make is None:
        continue
    processor = make(**kwargs)
    config = json.loads(processor.to_json_string())
    calls = [call(processor, pictures) for pictures in CALLS]
    own = {"family": family, "class": name, "backend": backend, "preset": preset, "kwargs": kwargs}
    results.append({**own, "config": config, "calls": calls})
meta = {"transformers": transformers.__version__, "numpy": np.__version__}
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps({"meta": meta, "results": results}, separators=(",", ":")) + "\n")
