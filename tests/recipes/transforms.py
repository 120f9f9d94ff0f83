"""InternLM-XComposer's picture transforms on files, with Pillow and numpy, or with torchvision and torch.

Usage: transforms.py numpy|torch FOLDER FILE PIPELINE FILE PIPELINE... Writes float32, `[tiles, 3, P, P]` in
row-major order, to FOLDER/0.f32 for the first pair, FOLDER/1.f32 and so on: ToTensor's and Normalize's values of the canvas, cut into tiles. With torch the global view
comes before them, and torchvision resizes and normalises. Each step is the public reference's, of
`finetune/ixc_utils.py`, `base/ixc_utils.py` and `build_mlp.py`.
"""

import sys

import numpy as np
from PIL import Image

MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)

# tile, most tiles, how often the width may grow, padding above as well as below
PIPELINES = {
    "ixc2-4khd": (336, 16, None, True),
    "ixc25": (560, 18, 1.5, True),
    "ixc25-image": (560, 24, 1, False),
}


def hd(image, resize, tile, most, growth, centred):
    """The picture on its canvas of whole tiles."""
    portrait = image.width < image.height
    if portrait:
        image = image.transpose(Image.TRANSPOSE)
    ratio = image.width / image.height
    columns = 1
    while columns * np.ceil(columns / ratio) <= most:
        columns += 1
    columns -= 1
    if growth is not None:
        columns = min(np.ceil(image.width * growth / tile), columns)
    width = int(columns * tile)
    image = resize(image, width, int(width / ratio), Image.BILINEAR)
    height = int(np.ceil(image.height / tile) * tile)
    canvas = Image.new("RGB", (width, height), (255, 255, 255))
    canvas.paste(image, (0, (height - image.height) // 2 if centred else 0))
    return canvas.transpose(Image.TRANSPOSE) if portrait else canvas


def with_numpy(image, pipeline):
    """Tiles alone, [tiles, 3, P, P]."""
    def resize(image, width, height, how):
        return image.resize((width, height), how)

    if pipeline == "ixc2":
        tile, canvas = 490, resize(image, 490, 490, Image.BICUBIC)
    else:
        tile, canvas = PIPELINES[pipeline][0], hd(image, resize, *PIPELINES[pipeline])
    values = np.asarray(canvas).astype(np.float32) / np.float32(255)
    values = (values - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    rows, columns = canvas.height // tile, canvas.width // tile
    return values.reshape(rows, tile, columns, tile, 3).transpose(0, 2, 4, 1, 3).reshape(-1, 3, tile, tile)


def with_torch(image, pipeline):
    """The global view and the tiles, [1 + tiles, 3, P, P]; the square of ixc2 as it is."""
    import torch
    from torchvision import transforms
    from torchvision.transforms import InterpolationMode
    from torchvision.transforms import functional

    normalise = transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, STD)])
    if pipeline == "ixc2":
        square = transforms.Resize((490, 490), interpolation=InterpolationMode.BICUBIC)
        return normalise(square(image))[None].numpy()

    def resize(image, width, height, how):
        return functional.resize(image, [height, width])  # bilinear, torchvision's default

    tile = PIPELINES[pipeline][0]
    canvas = normalise(hd(image, resize, *PIPELINES[pipeline]))
    glance = torch.nn.functional.interpolate(canvas[None], size=(tile, tile), mode="bicubic")
    rows, columns = canvas.shape[1] // tile, canvas.shape[2] // tile
    tiles = canvas.reshape(3, rows, tile, columns, tile).permute(1, 3, 0, 2, 4).reshape(-1, 3, tile, tile)
    return torch.cat([glance, tiles]).numpy()


how, folder, *pairs = sys.argv[1:]
make = with_torch if how == "torch" else with_numpy
for index, (file, pipeline) in enumerate(zip(pairs[::2], pairs[1::2])):
    make(Image.open(file).convert("RGB"), pipeline).astype("<f4").tofile(f"{folder}/{index}.f32")
