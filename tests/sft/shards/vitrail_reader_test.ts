import { join } from "node:path";
import { python, withPython } from "../../support/python.ts";
import {
  bytesOf,
  type HandMadeShard,
  listsOf,
  tensorOf,
  writeShards,
} from "../../support/sft/hand_made_shards.ts";
import { sha256Of } from "../../../src/formats/sha256.ts";
import { changedNumbers, sealed } from "../../support/fuzz/mutated_shards.ts";
import { SHOW_ARRAYS } from "../../support/show_arrays.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { assert, assertEquals } from "@std/assert";

/** The reader that stands beside shards. */
const READER = await Deno.readTextFile(
  new URL("../../../src/sft/shards/vitrail_reader.py", import.meta.url),
);

/** Hides torch, whose import takes seconds, and without which the reader gives numpy's arrays. */
const WITHOUT_TORCH = 'import sys; sys.modules["torch"] = None\n';

/** Runs a program after the reader, which has no torch, and returns the JSON that it shows. */
function shown(program: string, folder: string): Promise<unknown> {
  return shownBy(WITHOUT_TORCH + READER, program, folder);
}

/** Runs a program after the reader, and returns the JSON that it shows. */
async function shownBy(reader: string, program: string, folder: string): Promise<unknown> {
  return JSON.parse(await python(reader + SHOW_ARRAYS + program, folder));
}

/** A table that gives a byte ten times itself, and a thousand more for each channel. */
const TABLE = Array.from({ length: 768 }, (_, at) => Math.floor(at / 256) * 1000 + at % 256 * 10);

/** Two samples with an output of every kind. */
const KINDS: HandMadeShard = {
  samples: 2,
  metadata: {
    format: "vitrail-shard-2",
    dtype: "u8",
    outputs: JSON.stringify({
      pixel_values: { dtype: "F32", kind: "rows", channel: [1, 2] },
      joined: { dtype: "BF16", kind: "rows", arranged: "n c q -> 1 c (n q)" },
      parts: { dtype: "F32", kind: "rows" },
      apart: { dtype: "F32", kind: "rows" },
      sizes: { dtype: "I64", kind: "values" },
      several: { dtype: "I32", kind: "values" },
      mask: { dtype: "BOOL", kind: "ones" },
      places: { dtype: "I64", kind: "grids" },
    }),
  },
  tensors: [
    tensorOf("sample_position", "I64", [2], [4, 6]),
    ...listsOf("text", "U8", bytesOf("où ?", "")),
    ...listsOf("record", "U8", bytesOf('{"id": 7}', '{"image": ["a.png"]}')),
    // The second row of two is used first, then a row of zeros, then the first row.
    tensorOf("pixel_values", "U8", [2, 3, 2], [1, 2, 3, 4, 5, 6, 0, 255, 9, 9, 8, 7]),
    tensorOf("pixel_values.table", "F32", [3, 256], TABLE),
    ...listsOf("pixel_values.ranges", "I64", [[], [1, 1, -1, 1, 0, 1]], 2),
    ...listsOf("pixel_values.shape", "I32", [[], [1, 3, 3, 2]]),
    tensorOf("joined", "BF16", [2, 2, 1], [1, 2, 3, 4]),
    ...listsOf("joined.ranges", "I64", [[], [0, 2]], 2),
    ...listsOf("joined.shape", "I32", [[], [1, 2, 2]]),
    tensorOf("parts", "F32", [3, 1], [0.5, 1.5, 2.5]),
    ...listsOf("parts.ranges", "I64", [[], [0, 3]], 2),
    ...listsOf("parts.shape", "I32", [[], [3, 1]]),
    ...listsOf("parts.lists", "I32", [[], [1, 2]]),
    tensorOf("apart", "F32", [5], [1, 2, 3, 4, 5]),
    ...listsOf("apart.ranges", "I64", [[], [0, 5]], 2),
    ...listsOf("apart.shape", "I32", [[], [5]]),
    ...listsOf("apart.lists", "I32", [[], [3, 2]]),
    tensorOf("apart.list_shapes", "I32", [2, 2], [3, 1, 1, 2]),
    ...listsOf("sizes.values", "I64", [[], [-1, 2]]),
    ...listsOf("sizes.shape", "I32", [[], [1, 2]]),
    ...listsOf("several.values", "I32", [[], [5, 6, 7]]),
    ...listsOf("several.shape", "I32", [[], [3]]),
    ...listsOf("several.lists", "I32", [[], [2, 1]]),
    ...listsOf("mask.ones", "I32", [[], [1, 2, 0, 0]], 2),
    ...listsOf("mask.shape", "I32", [[], [2, 2, 3]]),
    ...listsOf("places.grids", "I32", [[], [2, 1]], 2),
    ...listsOf("places.shape", "I32", [[], [1, 3, 2]]),
  ],
};

await withPython("vitrail_reader.py puts outputs of every kind together", () =>
  inFolder(async (folder) => {
    await writeShards(folder, [KINDS]);
    const [text, picture] = await shown("show([*Shards(sys.argv[1], verify=True)])", folder) as unknown[];
    assertEquals(text, { position: 4, text: "où ?", record: { id: 7 } });
    assertEquals(picture, {
      position: 6,
      text: "",
      record: { image: ["a.png"] },
      pixel_values: ["<f4", [1, 3, 3, 2], [[
        [[0, 2550], [1090, 1090], [2080, 2070]],
        [[0, 0], [0, 0], [0, 0]],
        [[10, 20], [1030, 1040], [2050, 2060]],
      ]]],
      joined: ["<u2", [1, 2, 2], [[[1, 3], [2, 4]]]],
      parts: [["<f4", [1, 1], [[0.5]]], ["<f4", [2, 1], [[1.5], [2.5]]]],
      apart: [["<f4", [3, 1], [[1], [2], [3]]], ["<f4", [1, 2], [[4, 5]]]],
      sizes: ["<i8", [1, 2], [[-1, 2]]],
      several: [["<i4", [2], [5, 6]], ["<i4", [1], [7]]],
      mask: ["|b1", [2, 2, 3], [
        [[true, true, false], [false, false, false]],
        [[false, false, false], [false, false, false]],
      ]],
      places: ["<i8", [1, 3, 2], [[[0, 0], [0, 1], [-1, -1]]]],
    });
  }));

/** Samples of tokens and packs of them, from the first id on. */
function tokens(first: number, lengths: readonly number[], packs: readonly number[][]): HandMadeShard {
  let next = first;
  const rows = lengths.map((length) => Array.from({ length }, () => next++)), all = rows.flat();
  return {
    samples: rows.length,
    metadata: {
      format: "vitrail-shard-2",
      attended_most: "2",
      outputs: JSON.stringify({
        rows: { dtype: "F32", kind: "rows" },
      }),
    },
    tensors: [
      tensorOf("sample_position", "I64", [rows.length], rows.map(([id]) => id)),
      ...listsOf("text", "U8", rows.map(() => [])),
      ...listsOf("record", "U8", bytesOf(...rows.map(() => "{}"))),
      ...listsOf("input_ids", "I64", rows),
      tensorOf("labels", "I64", [all.length], all),
      tensorOf("mm_token_type_ids", "U8", [all.length], all.map((id) => id % 2)),
      tensorOf("position_ids", "I32", [all.length, 2], all.flatMap((id) => [id, -id])),
      tensorOf("rope_deltas", "I32", [rows.length], rows.map(({ length }) => -length)),
      ...listsOf("sample_pictures", "I32", rows.map(({ length }) => length < 3 ? [] : [0, 0])),
      tensorOf(
        "sample_attended",
        "I32",
        [2 * rows.filter(({ length }) => length > 2).length],
        rows.flatMap(({ length }) => length < 3 ? [] : [1, 2]),
      ),
      tensorOf(
        "sample_spans",
        "I32",
        [2 * rows.filter(({ length }) => length > 2).length, 3],
        rows.flatMap(({ length }) => length < 3 ? [] : [0, 1, 1, 2, 1, 1]),
      ),
      tensorOf("rows", "F32", [2, 1], [0.25, 0.5]),
      ...listsOf("rows.ranges", "I64", rows.map(({ length }) => length < 3 ? [] : [0, 1]), 2),
      ...listsOf("rows.shape", "I32", rows.map(({ length }) => length < 3 ? [] : [1, 1])),
      ...listsOf("pack_samples", "I32", packs),
    ],
  };
}

await withPython(
  "vitrail_reader.py joins the samples of a pack, and pads those of a batch",
  () =>
    inFolder(async (folder) => {
      await writeShards(folder, [tokens(10, [3, 2], [[1, 0]]), tokens(20, [3], [[0]])]);
      const program = `
packs = Shards(sys.argv[1], packs=True)
samples = Shards(sys.argv[1])
both = collate([packs[0], packs[1]])
show([len(packs), packs[0], collate([samples[0], samples[1], samples[-1]], pad_id=7),
  {name: both.get(name) for name in ("input_ids", "cu_seqlens", "attention_mask", "rows")}])`;
      const [count, pack, batch, both] = await shown(program, folder) as [number, object, object, object];
      assertEquals(count, 2);
      assertEquals(pack, {
        position: [13, 10],
        text: ["", ""],
        record: [{}, {}],
        input_ids: ["<i8", [5], [13, 14, 10, 11, 12]],
        labels: ["<i8", [5], [-100, 14, -100, 11, 12]],
        mm_token_type_ids: ["<i8", [5], [1, 0, 0, 1, 0]],
        cu_seqlens: ["<i4", [3], [0, 2, 5]],
        position_ids: ["<i8", [2, 5], [[13, 14, 10, 11, 12], [-13, -14, -10, -11, -12]]],
        cross_attention_mask: ["<i8", [5, 2, 2], [
          [[0, 0], [0, 0]],
          [[0, 0], [0, 0]],
          [[1, 0], [0, 0]],
          [[1, 0], [0, 0]],
          [[0, 0], [1, 1]],
        ]],
        rows: ["<f4", [1, 1], [[0.25]]],
      });
      assertEquals(batch, {
        input_ids: ["<i8", [3, 3], [[10, 11, 12], [13, 14, 7], [20, 21, 22]]],
        labels: ["<i8", [3, 3], [[10, 11, 12], [13, 14, -100], [20, 21, 22]]],
        mm_token_type_ids: ["<i8", [3, 3], [[0, 1, 0], [1, 0, 0], [0, 1, 0]]],
        position_ids: ["<i8", [2, 3, 3], [
          [[10, 11, 12], [13, 14, 0], [20, 21, 22]],
          [[-10, -11, -12], [-13, -14, 0], [-20, -21, -22]],
        ]],
        attention_mask: ["<i8", [3, 3], [[1, 1, 1], [1, 1, 0], [1, 1, 1]]],
        rope_deltas: ["<i8", [3, 1], [[-3], [-2], [-3]]],
        cross_attention_mask: ["<i8", [3, 3, 2, 2], [
          [[[1, 0], [0, 0]], [[1, 0], [0, 0]], [[0, 0], [1, 1]]],
          [[[0, 0], [0, 0]], [[0, 0], [0, 0]], [[0, 0], [0, 0]]],
          [[[1, 0], [0, 0]], [[1, 0], [0, 0]], [[0, 0], [1, 1]]],
        ]],
        rows: ["<f4", [2, 1], [[0.25], [0.25]]],
      });
      assertEquals(both, {
        input_ids: ["<i8", [2, 5], [[13, 14, 10, 11, 12], [20, 21, 22, 0, 0]]],
        cu_seqlens: [["<i4", [3], [0, 2, 5]], ["<i4", [2], [0, 3]]],
        attention_mask: null,
        rows: ["<f4", [2, 1], [[0.25], [0.25]]],
      });
    }),
);

/** Returns the first ids of the samples of batches. */
const FIRSTS = `
def firsts(batches): return [[row[0] for row in batch["input_ids"].tolist()] for batch in batches]
`;

await withPython(
  "vitrail_reader.py deals samples out to ranks, in an order of seed and epoch",
  () =>
    inFolder(async (folder) => {
      await writeShards(folder, [tokens(100, Array(7).fill(2), []), tokens(200, Array(6).fill(2), [])]);
      const program = FIRSTS + `
samples = Shards(sys.argv[1])
def ranks(**options): return [Stream(samples, 2, rank=rank, world=3, **options) for rank in range(3)]
plain, all_of = ranks(), ranks(drop_last=False)
seeded = [firsts(stream) + firsts(stream) for stream in ranks(seed=5)]
again = [firsts(stream) for stream in ranks(seed=5)]
lengths = [len(stream) for stream in plain + all_of]
show([[firsts(stream) for stream in plain], [firsts(stream) for stream in all_of], lengths, seeded, again])`;
      const [plain, all, lengths, seeded, again] = await shown(program, folder) as [
        number[][][],
        number[][][],
        number[],
        number[][][],
        number[][][],
      ];
      const set = [100, 102, 104, 106, 108, 110, 112, 200, 202, 204, 206, 208, 210];
      assertEquals(plain, [[[100, 102], [112, 200]], [[104, 106], [202, 204]], [[108, 110], [206, 208]]]);
      assertEquals(all, [[[100, 102], [112, 200], [210]], ...plain.slice(1)]);
      assertEquals(lengths, [2, 2, 2, 3, 2, 2]);
      const epochs = [0, 2].map((at) => seeded.map((rank) => rank.slice(at, at + 2)));
      assertEquals(again, epochs[0]);
      for (const epoch of epochs) {
        const dealt = epoch.flat(2);
        assertEquals(new Set(dealt).size, 12);
        assert(dealt.every((id) => set.includes(id)));
        assert(dealt.join() !== dealt.toSorted().join());
      }
      assert(epochs[0].join() !== epochs[1].join());
    }),
);

await withPython(
  "vitrail_reader.py gives the same batches in any number of workers, and goes on where it was",
  () =>
    inFolder(async (folder) => {
      await writeShards(folder, [tokens(100, Array(9).fill(3), [])]);
      const program = FIRSTS + `
from itertools import islice
samples = Shards(sys.argv[1])
def stream(state=None, batch_size=2, **options):
    made = Stream(samples, batch_size, seed=3, **options)
    if state: made.load_state_dict(state)
    return made
twice = stream()
whole = firsts(twice) + firsts(twice)
def halves(taken, load=lambda made, workers: made.loader(num_workers=workers)):
    first = stream()
    before = firsts(islice(load(first, 2), taken))
    second = stream(first.state_dict())
    return before + firsts(load(second, 0)) + firsts(load(second, 0))
alone = lambda made, workers: made
resumed = [halves(1), halves(1, alone), halves(3, alone)]
# Two workers that a loader with a state of its own takes up again, each by its own.
class Worker: num_workers = 2
def worker(id, state=None, taken=9):
    global get_worker_info
    get_worker_info = lambda: Worker
    Worker.id = id
    made = stream(state)
    return firsts(islice(made, taken)), made.state_dict()
own = [worker(id, taken=1) for id in range(2)]
later = [worker(id, state)[0] for id, (_, state) in enumerate(own)]
get_worker_info = lambda: None
other = stream({"epoch": 0, "position": 4}, batch_size=1, world=2, rank=1)
batch = next(iter(stream()))
show({"whole": whole, "resumed": resumed, "first": [first for first, _ in own], "later": later,
  "other": firsts(other), "dtype": str(batch["rows"].dtype)})`;
      const found = await shownBy(READER, program, folder) as {
        whole: number[][];
        resumed: number[][][];
        first: number[][][];
        later: number[][][];
        other: number[][];
        dtype: string;
      };
      const { whole, resumed, first, later, other, dtype } = found;
      assertEquals(whole.length, 8);
      for (const halves of resumed) assertEquals(halves, whole);
      assertEquals(first, [[whole[0]], [whole[1]]]);
      assertEquals(later, [[whole[2]], [whole[3]]]);
      assertEquals(other, whole.slice(2, 4).map(([, id]) => [id]));
      assertEquals(dtype, "torch.float32");
    }),
  "torch",
);

await withPython(
  "vitrail_reader.py says in one line what is wrong with shards",
  () =>
    inFolder(async (folder) => {
      const set = async (name: string, shard = KINDS) => {
        const path = join(folder, name);
        await Deno.mkdir(path);
        await writeShards(path, [shard]);
        return join(path, "shard-00000.safetensors");
      };
      const rewrite = async (path: string, change: (bytes: Uint8Array) => Uint8Array) =>
        await Deno.writeFile(path, change(await Deno.readFile(path)));
      const shorter = async (path: string, bytes: number) => {
        await rewrite(path, (whole) => whole.subarray(0, bytes));
        const manifest = join(path, "../manifest.json");
        const { shards: [shard] } = JSON.parse(await Deno.readTextFile(manifest));
        await Deno.writeTextFile(manifest, JSON.stringify({ shards: [{ ...shard, bytes }] }));
      };
      await Deno.mkdir(join(folder, "none"));
      await set("former", { ...KINDS, metadata: { format: "vitrail-shard-1" } });
      await rewrite(await set("short"), (bytes) => bytes.subarray(0, -1));
      await shorter(await set("header"), 100);
      await shorter(await set("data"), 8000);
      await Deno.remove(await set("missing"));
      const changed = await set("changed");
      await rewrite(changed, (bytes) => bytes.fill(0, -1));
      // The manifest is made to fit what was changed, and the shard's own checksum is not.
      const lying = await set("lying");
      await rewrite(lying, (bytes) => bytes.with(-40, bytes.at(-40)! ^ 1));
      const manifest = join(lying, "../manifest.json"), sha256 = await sha256Of(lying);
      const { shards: [noted] } = JSON.parse(await Deno.readTextFile(manifest));
      await Deno.writeTextFile(manifest, JSON.stringify({ shards: [{ ...noted, sha256 }] }));
      await set("kind", {
        ...KINDS,
        metadata: { ...KINDS.metadata, outputs: '{"sizes": {"dtype": "I64", "kind": "odd"}}' },
      });
      // numpy would put the one row that is there in the place of all three.
      const ranges = listsOf("parts.ranges", "I64", [[], [2, 3]], 2);
      const tensors = KINDS.tensors.map((own) => ranges.find(({ name }) => name === own.name) ?? own);
      await set("ranges", { ...KINDS, tensors });
      const { size } = await Deno.stat(changed);
      const program = `
def problem(name, read):
    try: read(f"{sys.argv[1]}/{name}")
    except ShardError as error: return str(error).replace(sys.argv[1] + "/", "")
one = lambda path: Shards(path)[1]
found = [problem(name, one) for name in "none former short header data missing kind ranges".split()]
asked = [{"verify": True}, {"packs": True}]
found += [problem("changed", lambda path: Shards(path, **options)) for options in asked]
found += [problem("lying", one) is None, problem("lying", lambda path: Shards(path, verify=True))]
show(found + [problem("lying/shard-00000.safetensors", lambda path: Shard(path, verify=True))])`;
      const shard = "shard-00000.safetensors";
      assertEquals(await shown(program, folder), [
        "none has no manifest.json; vitrail sft writes it last, and vitrail merge where there are parts",
        `former/${shard} has the format vitrail-shard-1, and this reader vitrail-shard-2`,
        `short/${shard} has ${size - 1} bytes, not ${size}; vitrail sft makes it again`,
        `header/${shard} is no shard, or is cut short: its header is not JSON`,
        `data/${shard} has 8000 bytes, not the ${size} that its header asks for`,
        `missing/${shard} is missing; vitrail sft makes it again`,
        `kind/${shard}: sizes is odd, which this reader does not know`,
        `ranges/${shard} is damaged: parts.ranges has rows 2 to 5`,
        `changed/${shard} has another checksum than noted; vitrail sft makes it again`,
        `changed/${shard} has no packs; vitrail sft --pack makes them`,
        true,
        `lying/${shard} is damaged: its content is not that of its checksum`,
        `lying/${shard} is damaged: its content is not that of its checksum`,
      ]);
    }),
);

await withPython(
  "vitrail_reader.py ends in a ShardError at headers that describe no shard",
  () =>
    inFolder(async (folder) => {
      const metadata = `{"format": "vitrail-shard-2", "outputs": "{}"}`;
      const tensor = '{"dtype": "X", "shape": [0], "data_offsets": [0, 0]}';
      const headers = [
        "[]",
        '{"__metadata__": null}',
        `{"__metadata__": ${metadata}, "a": 1}`,
        `{"__metadata__": ${metadata}, "a": {}}`,
        `{"__metadata__": ${metadata}, "a": {"data_offsets": [0, "1"]}}`,
        `{"__metadata__": {"format": "vitrail-shard-2", "outputs": "{}", "attended_most": null}}`,
        `{"__metadata__": {"format": "vitrail-shard-2", "outputs": null}}`,
        `{"__metadata__": {"format": "vitrail-shard-2", "outputs": "7"}}`,
        "[".repeat(100_000),
        `{"__metadata__": ${metadata}}`,
        `{"__metadata__": ${metadata}, "content_sha256": ${tensor}}`,
        `{"__metadata__": ${metadata}, "content_sha256": ${tensor.replace("X", "F32")}}`,
      ];
      for (const [number, text] of headers.entries()) {
        const header = new TextEncoder().encode(text), length = new BigUint64Array([BigInt(header.length)]);
        await Deno.writeFile(
          join(folder, `${number}.header`),
          new Uint8Array([...new Uint8Array(length.buffer), ...header]),
        );
      }
      const program = `
def problem(number):
    try: Shard(f"{sys.argv[1]}/{number}.header", verify=True)
    except ShardError as error: return str(error).split(".header ")[1]
show([problem(number) for number in range(${headers.length})])`;
      const none = "is no shard, or is damaged: its header describes none";
      const found = await shown(program, folder) as string[];
      assertEquals(found, [
        ...Array(8).fill(none),
        "is no shard, or is cut short: its header is not JSON",
        "is damaged: it has no tensor content_sha256",
        "is damaged: the tensor content_sha256 cannot be read ('X')",
        "is damaged: its content is not that of its checksum",
      ]);
    }),
);

await withPython(
  "vitrail_reader.py ends in a ShardError, or a sample, where a number of a shard was changed",
  () =>
    inFolder(async (folder) => {
      await writeShards(folder, [KINDS]);
      const shard = await Deno.readFile(join(folder, "shard-00000.safetensors"));
      let count = 0;
      for (const by of [1, -1, 2 ** 20]) {
        for (const { bytes } of changedNumbers(shard, (value) => value + by)) {
          await Deno.writeFile(join(folder, `${count++}.changed`), sealed(bytes));
        }
      }
      const program = `
counts = {"refused": 0, "read": 0}
for number in range(${count}):
    try:
        shard = Shard(f"{sys.argv[1]}/{number}.changed", verify=True)
        for sample in (0, 1): shard.sample(sample)
        counts["read"] += 1
    except ShardError: counts["refused"] += 1
show(counts)`;
      const { refused, read } = await shown(program, folder) as Record<string, number>;
      assertEquals(refused + read, count);
      assert(refused > count / 2, `${refused} of ${count} were refused`);
    }),
);
