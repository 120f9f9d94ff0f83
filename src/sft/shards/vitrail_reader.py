"""Reads the shards of `vitrail sft` with numpy alone, and with torch where it is there.

    from vitrail_reader import Shards, Stream

    samples = Shards("shards")                 # Shards("shards", packs=True): the sequences of --pack
    samples[7]["pixel_values"]                 # in every byte what the model's processor returns

    stream = Stream(samples, batch_size=8, seed=1, rank=0, world=4)
    for batch in stream.loader(num_workers=4):
        loss = model(**batch).loss
        state = stream.state_dict()            # stream.load_state_dict(state) goes on from here
"""

import hashlib
import json
import os
import re

import numpy as np

try:
    import torch
    from torch.utils.data import DataLoader, Dataset, IterableDataset, get_worker_info
except ImportError:
    torch, Dataset, IterableDataset = None, object, object

FORMAT = "vitrail-shard-2"

# The last tensor of a shard: the sha256 of all bytes of the file before it.
SEAL = "content_sha256"

# numpy has no bfloat16: its bits stand in uint16, which nothing else here is.
DTYPES = {"F32": "<f4", "F16": "<f2", "BF16": "<u2", "U8": "u1", "I32": "<i4", "I64": "<i8", "BOOL": "?"}

# The tiles that each token sees, where pictures enter by cross-attention (Llama 3.2 Vision).
MASK = "cross_attention_mask"

# What Python raises at headers, tensors and records that are not as they should be.
MISFITS = (ValueError, TypeError, AttributeError, LookupError, OverflowError, RecursionError, MemoryError)

# What fills shorter rows of a batch up. Labels of -100 are not learnt.
PADDING = {"labels": -100}


class ShardError(ValueError):
    """Shards that are not there, not whole, or of another format."""


class Shard:
    """One shard. Its file is mapped into memory, and no part is read before it is asked for.

    `verify` reads all of it first, and holds it against its checksum.
    """

    def __init__(self, path, verify=False):
        self.path = path
        try:
            with open(path, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                length = int.from_bytes(file.read(8), "little")
                header = json.loads(file.read(min(length, size)))
        except OSError as error:
            raise ShardError(f"cannot read {path}: {error.strerror}") from error
        except MISFITS as error:
            raise ShardError(f"{path} is no shard, or is cut short: its header is not JSON") from error
        try:
            found = header.get("__metadata__", {}).get("format")
            if found != FORMAT:
                raise ShardError(f"{path} has the format {found}, and this reader {FORMAT}")
            metadata = header.pop("__metadata__")
            end = 8 + length + max((entry["data_offsets"][1] for entry in header.values()), default=0)
            if size != end:
                raise ShardError(f"{path} has {size} bytes, not the {end} that its header asks for")
            self.outputs = dict(json.loads(metadata["outputs"]))
            self.attended_most = int(metadata.get("attended_most", 0))
        except ShardError:
            raise
        except MISFITS as error:
            raise ShardError(f"{path} is no shard, or is damaged: its header describes none") from error
        self.header = header
        self.data = np.asarray(np.memmap(path, "u1", "r"))[8 + length :]
        if verify:
            self.verify()

    def verify(self, noted=None):
        """Holds the file against the checksum that it ends in, and against one that is noted of all of it.

        Raises `ShardError` where it has another.
        """
        seal = self.tensor(SEAL).tobytes()
        digest, ends, whole = digests_of(self.path, os.path.getsize(self.path) - len(seal))
        if noted not in (None, whole):
            raise ShardError(f"{self.path} has another checksum than noted; vitrail sft makes it again")
        if digest != seal or ends != seal:
            raise ShardError(f"{self.path} is damaged: its content is not that of its checksum")

    def __contains__(self, name):
        return name in self.header

    def tensor(self, name):
        """A tensor of the file."""
        if name not in self.header:
            raise ShardError(f"{self.path} is damaged: it has no tensor {name}")
        entry = self.header[name]
        try:
            data = self.data[slice(*entry["data_offsets"])]
            return data.view(DTYPES[entry["dtype"]]).reshape(entry["shape"])
        except MISFITS as error:
            raise ShardError(f"{self.path} is damaged: the tensor {name} cannot be read ({error})") from error

    def items(self, name, index, offsets=None):
        """The items of one list of a tensor that holds many lists."""
        lists = f"{offsets or name}_offsets"
        ends, items = self.tensor(lists)[index : index + 2], self.tensor(name)
        if len(ends) != 2 or not 0 <= ends[0] <= ends[1] <= len(items):
            raise ShardError(f"{self.path} is damaged: {lists} has {ends} at {index}, of {len(items)} items")
        return items[ends[0] : ends[1]]

    def text(self, name, index):
        """One of many texts."""
        return self.items(name, index).tobytes().decode()

    def sample(self, index):
        """A sample: the outputs of the model's processor, its tokens, its text and its record.

        Raises `ShardError` for what is damaged.
        """
        try:
            return self.parts(index)
        except ShardError:
            raise
        except MISFITS as error:
            raise ShardError(f"{self.path} is damaged: sample {index} cannot be read ({error})") from error

    def parts(self, index):
        """All of a sample."""
        sample = {
            "position": int(self.tensor("sample_position")[index]),
            "text": self.text("text", index),
            "record": json.loads(self.text("record", index)),
        }
        for name, about in self.outputs.items():
            shape = tuple(self.items(f"{name}.shape", index))
            if shape:
                sample[name] = self.output(name, about, index, shape)
        if "input_ids" in self:
            sample.update(self.tokens(index))
        return sample

    def output(self, name, about, index, shape):
        """An output: a tensor, or a list of them where the processor returns a list."""
        lists = self.items(f"{name}.lists", index) if f"{name}.lists" in self else ()
        if about["kind"] == "rows":
            rows = self.rows(name, about, index, shape)
            if "arranged" in about:
                rows = arranged(rows, about["arranged"])
        else:
            dtype = DTYPES[about["dtype"]]
            if about["kind"] == "values":
                rows = self.items(f"{name}.values", index).astype(dtype)
            elif about["kind"] == "ones":
                rows = ones(self.items(f"{name}.ones", index), shape[-2:]).astype(dtype)
            elif about["kind"] == "grids":
                rows = positions(self.items(f"{name}.grids", index), shape[-2]).astype(dtype)
            else:
                raise ShardError(f"{self.path}: {name} is {about['kind']}, which this reader does not know")
            rows = rows.reshape(shape)
        if len(lists) == 0:
            return rows.reshape(shape)
        parts = np.split(rows, np.cumsum(lists)[:-1])
        if f"{name}.list_shapes" in self:
            shapes = self.items(f"{name}.list_shapes", index, f"{name}.lists")
            parts = [part.reshape(own) for part, own in zip(parts, shapes)]
        return parts

    def rows(self, name, about, index, shape):
        """The rows of an output: ranges of stored rows, and rows of zeros between them."""
        stored, ranges = self.tensor(name), self.items(f"{name}.ranges", index)
        total = int(ranges[:, 1].sum())
        rows = np.empty((total, *stored.shape[1:]), DTYPES[about["dtype"]])
        table = self.tensor(f"{name}.table") if f"{name}.table" in self else None
        if table is not None:
            before, after = about.get("channel") or self.tensor(f"{name}.channel")[index]
        at = 0
        for first, count in ranges:
            if count < 0 or first < -1 or first + count > max(len(stored), count - 1):
                raise ShardError(f"{self.path} is damaged: {name}.ranges has rows {first} to {first + count}")
            to = rows[at : at + count]
            if first < 0:
                to[...] = 0
            elif table is None:
                to[...] = stored[first : first + count]
            else:  # bytes, each of which has a value by its channel
                values = to.reshape(-1, before, 3, after)
                data = stored[first : first + count].reshape(values.shape)
                for channel in range(3):
                    values[:, :, channel] = table[channel][data[:, :, channel]]
            at += count
        if "fill" in about:  # a value around the contents, which no byte becomes
            planes = rows.reshape(-1, 3, *(stored.shape[1:] or shape)[-2:])
            for plane, (top, left, height, width) in zip(planes, self.items(f"{name}.contents", index)):
                inside = (slice(None), slice(top, top + height), slice(left, left + width))
                content = plane[inside].copy()
                plane[...] = np.array(about["fill"], rows.dtype)[:, None, None]
                plane[inside] = content
        return rows

    def tokens(self, index):
        """A sample's tokens under the names that models give them."""
        beside = {"labels": "<i8", "mm_token_type_ids": "<i8", "im_mask": "?"}
        tokens = {"input_ids": self.items("input_ids", index).astype("<i8")}
        for name, dtype in beside.items():
            if name in self:
                tokens[name] = self.items(name, index, "input_ids").astype(dtype)
        if "position_ids" in self:
            places = self.items("position_ids", index, "input_ids").T  # [axes, tokens]
            tokens["position_ids"] = np.ascontiguousarray(longs(places))
        if "rope_deltas" in self:
            tokens["rope_deltas"] = longs(self.tensor("rope_deltas")[index : index + 1])
        if "sample_attended" in self:
            tiles = self.items("sample_attended", index, "sample_pictures")
            starts = self.items("sample_spans", index, "sample_pictures")[:, 0]
            if len(tiles):
                tokens[MASK] = attended(starts, tiles, len(tokens["input_ids"]), self.attended_most)
        return tokens

    def pack(self, index):
        """One training sequence of several samples, which positions and `cu_seqlens` keep apart."""
        return packed([self.sample(sample) for sample in self.items("pack_samples", index)])


def digests_of(path, length):
    """The sha256 of a file's first bytes, the bytes after them, and in hex the sha256 of all."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while length > 0 and (piece := file.read(min(length, 1 << 20))):
            digest.update(piece)
            length -= len(piece)
        first, rest = digest.digest(), file.read()
        digest.update(rest)
        return first, rest, digest.hexdigest()


def longs(numbers):
    """Whole numbers as long, and floats as they are."""
    return numbers.astype("<i8" if numbers.dtype.kind == "i" else "<f4")


def arranged(rows, pattern):
    """Joined rows in the order of a pattern such as `n c p q -> 1 c p (n q)`, shape aside."""
    left, right = pattern.split("->")
    names = left.split()
    return rows.transpose([names.index(name) for name in re.findall(r"[A-Za-z]\w*", right)])


def ones(sizes, plane):
    """Masks `[planes, height, width]`, each with a rectangle of ones of its size at the top left."""
    heights, widths = sizes.T[:, :, None, None]
    return (np.arange(plane[0])[:, None] < heights) & (np.arange(plane[1]) < widths)


def positions(grids, most):
    """The column and the line of each patch of each grid, and -1 in the places of `most` after them."""
    found = np.full((len(grids), most, 2), -1)
    for own, (height, width) in zip(found, grids):
        own[: height * width, 0] = np.tile(np.arange(width), height)
        own[: height * width, 1] = np.repeat(np.arange(height), width)
    return found


def attended(starts, tiles, length, most):
    """The tiles a token sees, `[tokens, pictures, tiles]`: pictures that stand together end together."""
    mask, end = np.zeros((length, len(starts), most), "<i8"), length
    for picture in reversed(range(len(starts))):
        if picture + 1 < len(starts) and starts[picture + 1] != starts[picture] + 1:
            end = starts[picture + 1]
        mask[starts[picture] : end, picture, : tiles[picture]] = 1
    return mask


def masks_of(samples):
    """The masks of tiles that tokens see; a text alone has one of no pictures."""
    most = next(sample[MASK].shape[2] for sample in samples if MASK in sample)
    empty = [np.zeros((len(sample["input_ids"]), 0, most), "<i8") for sample in samples]
    return [sample.get(MASK, own) for sample, own in zip(samples, empty)]


def packed(samples):
    """Samples as one sequence. No sample's first token is learnt, as none before it foretells it."""
    lengths = [len(sample["input_ids"]) for sample in samples]
    pack = {name: [sample[name] for sample in samples] for name in ("position", "text", "record")}
    for name in ("input_ids", "labels", "mm_token_type_ids", "im_mask"):
        if name in samples[0]:
            pack[name] = np.concatenate([sample[name] for sample in samples])
    pack["cu_seqlens"] = np.cumsum([0, *lengths], dtype="<i4")
    pack["labels"][pack["cu_seqlens"][:-1][np.array(lengths) > 0]] = -100
    own = [sample.get("position_ids", np.arange(len(sample["input_ids"]))) for sample in samples]
    pack["position_ids"] = np.concatenate(own, -1)
    if any(MASK in sample for sample in samples):
        masks = masks_of(samples)
        pictures = np.cumsum([0, *(mask.shape[1] for mask in masks)])
        joined = np.zeros((sum(lengths), pictures[-1], masks[0].shape[2]), "<i8")
        for mask, token, picture in zip(masks, pack["cu_seqlens"], pictures):
            joined[token : token + mask.shape[0], picture : picture + mask.shape[1]] = mask
        pack[MASK] = joined
    return {**pack, **joined_outputs(samples, pack)}


def joined_outputs(samples, known):
    """The outputs of several samples, joined on their first axis, or as lists where their shapes differ."""
    joined = {}
    for name in dict.fromkeys(name for sample in samples for name in sample):
        if name in known or name in ("rope_deltas", "cu_seqlens"):
            continue
        found = [sample[name] for sample in samples if name in sample]
        tensors = [item for own in found for item in (own if isinstance(own, list) else [own])]
        same = len({item.shape[1:] for item in tensors}) == 1
        lists = any(isinstance(own, list) for own in found)
        joined[name] = np.concatenate(tensors) if same and not lists else tensors
    return joined


def collate(samples, pad_id=0):
    """A batch as models take it: tokens padded on the right to the longest, pictures' outputs joined.

    Without tokens there are the texts. Packs have `cu_seqlens` in place of an attention mask, by which their
    samples would see each other.
    """
    if "input_ids" not in samples[0]:
        batch = {"text": [sample["text"] for sample in samples]}
        return {**batch, **joined_outputs(samples, {"position", "text", "record"})}
    batch = {}
    longest = max(len(sample["input_ids"]) for sample in samples)
    for name in ("input_ids", "labels", "mm_token_type_ids", "im_mask", "position_ids"):
        if name in samples[0]:
            fill = pad_id if name == "input_ids" else PADDING.get(name, 0)
            rows = [filled_up(sample[name], longest, fill) for sample in samples]
            batch[name] = np.stack(rows, 1 if rows[0].ndim == 2 else 0)  # positions: [axes, rows, tokens]
    if "cu_seqlens" in samples[0]:
        batch["cu_seqlens"] = [sample["cu_seqlens"] for sample in samples]
    else:
        lengths = np.array([len(sample["input_ids"]) for sample in samples])
        batch["attention_mask"] = (np.arange(longest) < lengths[:, None]).astype("<i8")
    if "rope_deltas" in samples[0]:
        batch["rope_deltas"] = np.stack([sample["rope_deltas"] for sample in samples])
    if any(MASK in sample for sample in samples):
        masks = masks_of(samples)
        most = max(mask.shape[1] for mask in masks)
        # The last picture is seen through the padding, too.
        longer = [np.pad(mask, [(0, longest - len(mask)), (0, 0), (0, 0)], "edge") for mask in masks]
        wider = [np.pad(mask, [(0, 0), (0, most - mask.shape[1]), (0, 0)]) for mask in longer]
        batch[MASK] = np.stack(wider)
    return {**batch, **joined_outputs(samples, {*batch, "position", "text", "record"})}


def filled_up(row, length, fill):
    """A row `[tokens]` or `[axes, tokens]` that is filled up to a length."""
    sides = [(0, 0)] * (row.ndim - 1) + [(0, length - row.shape[-1])]
    return np.pad(row, sides, constant_values=fill)


def as_torch(value):
    """Arrays as torch's tensors, in dicts and lists too; the bits of bfloat16 become it."""
    if isinstance(value, dict):
        return {name: as_torch(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_torch(item) for item in value]
    if not isinstance(value, np.ndarray):
        return value
    if value.dtype == np.uint16:
        return torch.from_numpy(value.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(value)


class Shards(Dataset):
    """The samples of a folder of shards, or with `packs` its packs, by index, as dicts of numpy's arrays.

    `verify` compares the checksums of every shard first, the manifest's and its own. Raises `ShardError` for
    shards that cannot be read.
    """

    def __init__(self, folder, packs=False, verify=False):
        self.folder, self.packs = folder, packs
        manifest = os.path.join(folder, "manifest.json")
        try:
            with open(manifest, "rb") as file:
                self.shards = json.load(file)["shards"]
        except FileNotFoundError as error:
            why = "vitrail sft writes it last, and vitrail merge where there are parts"
            raise ShardError(f"{folder} has no manifest.json; {why}") from error
        except (OSError, ValueError, KeyError) as error:
            raise ShardError(f"{manifest} is no manifest of shards: {error}") from error
        self.opened = {}
        counts = [self.count(number, verify) for number in range(len(self.shards))]
        self.ends = np.cumsum(counts, dtype="<i8")

    def count(self, number, verify):
        """The samples, or packs, of a shard, whose file is held against the manifest before."""
        about = self.shards[number]
        path = os.path.join(self.folder, about["file"])
        size = os.path.getsize(path) if os.path.exists(path) else None
        if size != about["bytes"]:
            found = "is missing" if size is None else f"has {size} bytes, not {about['bytes']}"
            raise ShardError(f"{path} {found}; vitrail sft makes it again")
        if verify:
            self.shard(number).verify(about["sha256"])
        if not self.packs:
            return about["samples"]
        shard = self.shard(number)
        if "pack_samples" not in shard:
            raise ShardError(f"{path} has no packs; vitrail sft --pack makes them")
        return len(shard.tensor("pack_samples_offsets")) - 1

    def shard(self, number):
        """A shard, which stays open."""
        if number not in self.opened:
            self.opened[number] = Shard(os.path.join(self.folder, self.shards[number]["file"]))
        return self.opened[number]

    def __getstate__(self):
        return {**self.__dict__, "opened": {}}  # other processes map the files themselves

    def __len__(self):
        return int(self.ends[-1]) if len(self.ends) else 0

    def __getitem__(self, index):
        index = index + len(self) if index < 0 else index
        if not 0 <= index < len(self):
            raise IndexError(f"{self.folder} has {len(self)} items, and none at {index}")
        number = int(np.searchsorted(self.ends, index, "right"))
        own = index - (int(self.ends[number - 1]) if number else 0)
        shard = self.shard(number)
        return shard.pack(own) if self.packs else shard.sample(own)


class Stream(IterableDataset):
    """Batches of one rank, epoch after epoch, in an order that `seed` and the epoch decide.

    No two ranks and no two workers of a DataLoader get the same sample. Every rank gets as many batches,
    unless `drop_last` is False, which keeps the samples at the end. Without a seed the set's order stays.
    """

    def __init__(self, shards, batch_size=1, seed=None, rank=0, world=1, drop_last=True, pad_id=0):
        self.shards, self.batch_size, self.seed = shards, batch_size, seed
        self.rank, self.world, self.drop_last, self.pad_id = rank, world, drop_last, pad_id
        self.epoch, self.position = 0, 0  # how many items of the epoch all ranks together have taken

    def __len__(self):
        """The batches of an epoch, of this rank."""
        first, stride = self.rank * self.batch_size, self.batch_size * self.world
        return len(range(first, self.end(len(self.shards)), stride))

    def end(self, rest):
        """The items that are dealt out of `rest`."""
        return rest - rest % (self.batch_size * self.world) if self.drop_last else rest

    def state_dict(self):
        """The place after the last batch. It holds for other batch sizes and counts of ranks, too."""
        return {"epoch": self.epoch, "position": self.position}

    def load_state_dict(self, state):
        """Goes on from a place."""
        self.epoch, self.position = state["epoch"], state["position"]

    def __iter__(self):
        worker = get_worker_info() if torch else None
        number, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        order, size, stride = self.order(), self.batch_size, self.batch_size * self.world
        epoch, start = self.epoch, self.position
        for step in range(number * stride, self.end(len(order) - start), workers * stride):
            first = start + step + self.rank * size
            # In a worker, the place from which that worker goes on.
            self.position = start + step + (workers - number) * stride
            items = [self.shards[index] for index in order[first : first + size]]
            if items:
                batch = collate(items, self.pad_id)
                yield as_torch(batch) if torch else batch
        self.epoch, self.position = epoch + 1, 0

    def order(self):
        """The items of this epoch; numpy has frozen the numbers of RandomState."""
        if self.seed is None:
            return np.arange(len(self.shards))
        return np.random.RandomState([self.seed, self.epoch]).permutation(len(self.shards))

    def loader(self, **options):
        """The same batches, made by a torch DataLoader with its options, such as `num_workers=4`."""
        epoch, start, stride = self.epoch, self.position, self.batch_size * self.world
        for taken, batch in enumerate(DataLoader(self, batch_size=None, **options), 1):
            self.epoch, self.position = epoch, start + taken * stride
            yield batch
        self.epoch, self.position = epoch + 1, 0
