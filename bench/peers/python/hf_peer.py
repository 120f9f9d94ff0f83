"""HuggingFace's fast Qwen2-VL processor as a peer.

With a torch device as its argument (`cuda`) it works there, and leaves its result there. It answers one JSON
request a line; see work.ts and serving.py.
"""

import sys

import transformers

from serving import inputs_of, opened, serve

if int(transformers.__version__.split(".")[0]) < 5:
    Processor = transformers.Qwen2VLImageProcessorFast
else:  # since 5 the plain name is the fast processor's
    Processor = transformers.Qwen2VLImageProcessor

DEVICE = sys.argv[1] if len(sys.argv) > 1 else "cpu"


def prepare(work):
    inputs = inputs_of(work, opened)
    processor = Processor(min_pixels=3136, max_pixels=12845056)  # QWEN_CONFIG in work.ts

    def work_on_pictures(_):
        images = [opened(i) for i in inputs]
        return processor(images=images, device=DEVICE, return_tensors="pt")["pixel_values"]

    return work_on_pictures


serve(prepare)
