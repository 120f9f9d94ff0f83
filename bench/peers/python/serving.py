"""The part that peers in Python share: one JSON request a line, one JSON answer a line; see work.ts."""

import io
import json
import sys
import time

import torch
from PIL import Image


def serve(prepare):
    """Answers requests until there are no more.

    `prepare(work)` returns a function of `keep`. Only its calls are timed. It returns a tensor, or of a stream
    whose rows it need not keep their count.
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
    key, out = json.dumps(request["work"]), request.get("out")
    if key not in ready:
        ready.clear()
        ready[key] = prepare(request["work"])
    start = time.perf_counter()
    made = ready[key](bool(out))
    if torch.is_tensor(made) and made.is_cuda:
        torch.cuda.synchronize()
    ms = (time.perf_counter() - start) * 1000
    if out:
        made.contiguous().cpu().float().numpy().tofile(out)
    return {"ms": ms, "shape": list(made.shape) if torch.is_tensor(made) else [made]}


def encoded(work):
    """Returns a work's pictures as bytes of files."""
    return [open(path, "rb").read() for path in work["pictures"]]


def inputs_of(work, decode):
    """Returns a work's pictures: as encoded bytes, or decoded where decoding is not timed."""
    return [decode(data) for data in encoded(work)] if work["decoded"] else encoded(work)


def opened(data):
    """Returns a picture as RGB; encoded bytes are decoded."""
    return Image.open(io.BytesIO(data)).convert("RGB") if isinstance(data, bytes) else data


class Pictures(torch.utils.data.Dataset):
    """Pictures of a stream: an item is what `transform` makes of one."""

    def __init__(self, inputs, transform):
        self.inputs, self.transform = inputs, transform

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return self.transform(self.inputs[index])


def streamed(inputs, transform, processes):
    """Returns the function of a stream: torch's DataLoader, whose processes have one thread each."""
    loader = torch.utils.data.DataLoader(
        Pictures(inputs, transform),
        batch_size=None,
        num_workers=processes,
        persistent_workers=True,
        multiprocessing_context="fork",
    )
    return lambda keep: torch.cat(list(loader)) if keep else sum(len(rows) for rows in loader)
