"""The part that peers in Python share: one JSON request a line, one JSON answer a line; see work.ts."""

import io
import json
import sys
import time

import torch
from PIL import Image


def serve(prepare):
    """Answers requests until there are no more.

    `prepare(work)` returns a function without arguments, which returns a tensor. Only its calls are timed.
    """
    ready = {}
    for line in sys.stdin:
        try:
            said = answer(json.loads(line), ready, prepare)
        except Exception as error:  # the bench reports it with the name of the peer
            said = {"ms": 0, "shape": [], "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), flush=True)


def answer(request, ready, prepare):
    """Does one request's work on the clock. Work that was made ready is kept for the next round."""
    key = json.dumps(request["work"])
    if key not in ready:
        ready.clear()
        ready[key] = prepare(request["work"])
    start = time.perf_counter()
    made = ready[key]()
    if made.is_cuda:
        torch.cuda.synchronize()
    ms = (time.perf_counter() - start) * 1000
    if request.get("out"):
        made.contiguous().cpu().float().numpy().tofile(request["out"])
    return {"ms": ms, "shape": list(made.shape)}


def inputs_of(work):
    """Returns a work's pictures: as encoded bytes, or decoded where decoding is not timed."""
    inputs = [open(path, "rb").read() for path in work["pictures"]]
    return [opened(data) for data in inputs] if work["decoded"] else inputs


def opened(data):
    """Returns a picture as RGB; encoded bytes are decoded."""
    return Image.open(io.BytesIO(data)).convert("RGB") if isinstance(data, bytes) else data
