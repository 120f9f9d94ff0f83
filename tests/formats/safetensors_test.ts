import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import { VitrailError } from "../../src/errors.ts";
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from "../../src/formats/safetensors.ts";
import { encodeHeader } from "../../src/formats/safetensors_header.ts";
import type { TensorSource } from "../../src/formats/safetensors_pieces.ts";
import type { StoredData, StoredDtype } from "../../src/formats/stored_dtype.ts";
import { inFolder, namesIn } from "../support/temporary_folder.ts";
import { ALL_DTYPES } from "../support/tensor_samples.ts";

Deno.test("readSafetensors gives back every dtype, no elements, no axes and metadata", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.safetensors");
    const metadata = { recipe: "ixc25", "Größe": '1680×1008\n"x"' };
    await writeSafetensors(path, ALL_DTYPES, metadata);
    const { tensors, metadata: read } = await readSafetensors(path);
    assertEquals(read, metadata);
    assertEquals(tensors.size, ALL_DTYPES.length);
    for (const { name, dtype, shape, data } of ALL_DTYPES) {
      assertEquals(tensors.get(name), { dtype, shape, data });
    }
    const header = await readSafetensorsHeader(path);
    assertEquals(header.metadata, metadata);
    const described = header.tensors.map(({ name, dtype, shape }) => [name, { dtype, shape }]);
    assertEquals(described, [...tensors].map(([name, { dtype, shape }]) => [name, { dtype, shape }]));
    assertEquals(await namesIn(folder), ["a.safetensors"]);
  }));

Deno.test("writeSafetensors takes data in pieces, in views and from an async source", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.safetensors");
    const all = Float32Array.from({ length: 24 }, (_, index) => index / 3);
    async function* later() {
      for (let row = 0; row < 4; row++) yield await Promise.resolve(all.subarray(row * 6, row * 6 + 6));
    }
    await writeSafetensors(path, [
      {
        name: "pieces",
        dtype: "F32",
        shape: [4, 6],
        data: [all.subarray(0, 5), new DataView(all.buffer, 20)],
      },
      { name: "later", dtype: "F32", shape: [4, 6], data: later() },
      { name: "inner", dtype: "F32", shape: [2], data: all.subarray(7, 9) },
    ]);
    const { tensors } = await readSafetensors(path);
    assertEquals(tensors.get("pieces")!.data, all);
    assertEquals(tensors.get("later")!.data, all);
    assertEquals(tensors.get("inner")!.data, all.slice(7, 9));
  }));

Deno.test("writeSafetensors begins data at a multiple of 8, each tensor at one of its width", () => {
  const dtypes: StoredDtype[] = ["F32", "F16", "BF16", "U8", "I32", "I64", "BOOL"];
  const widths = { F32: 4, F16: 2, BF16: 2, U8: 1, I32: 4, I64: 8, BOOL: 1 };
  const tensor = fc.record({
    name: fc.string(),
    dtype: fc.constantFrom(...dtypes),
    shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
  });
  fc.assert(fc.property(fc.uniqueArray(tensor, { selector: ({ name }) => name }), (tensors) => {
    const { bytes, places } = encodeHeader(tensors);
    assertEquals(bytes.byteLength % 8, 0);
    assertEquals(Number(new DataView(bytes.buffer).getBigUint64(0, true)), bytes.byteLength - 8);
    let end = 0;
    for (const place of places) {
      assertEquals([place.begin, place.begin % widths[place.dtype]], [end, 0]);
      end = place.end;
    }
    const total = tensors.map(({ dtype, shape }) => shape.reduce((a, b) => a * b, widths[dtype]));
    assertEquals(end, total.reduce((a, b) => a + b, 0));
  }));
});

Deno.test("writeSafetensors refuses what cannot be written, and leaves nothing", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.safetensors");
    const refused = async (tensors: TensorSource[], code: string, message: string) => {
      const error = await assertRejects(() => writeSafetensors(path, tensors), VitrailError);
      assertEquals([error.code, error.message], [code, message]);
      assertEquals(await namesIn(folder), []);
    };
    const tensor = (shape: number[], data: TensorSource["data"]): TensorSource => ({
      name: "x",
      dtype: "F32",
      shape,
      data,
    });
    const two = new Float32Array(2);
    await refused([tensor([3], two)], "shape", "tensor x, F32 of shape [3], takes 12 bytes; its data have 8");
    await refused(
      [tensor([3], [two])],
      "shape",
      "tensor x, F32 of shape [3], takes 12 bytes; its data have 8",
    );
    await refused(
      [tensor([1], [two, two])],
      "shape",
      "tensor x, F32 of shape [1], takes 4 bytes; its data have 8 or more",
    );
    await refused([tensor([2], two), tensor([2], two)], "usage", "two tensors are called x");
    await refused([tensor([-2], [two])], "shape", "tensor x has the shape [-2], not a list of whole numbers");
    await refused(
      [{ ...tensor([2], [two]), dtype: "F8" as StoredDtype }],
      "shape",
      'tensor x has the dtype "F8", which is none of F32, F16, BF16, U8, I32, I64, BOOL',
    );
    assertThrows(
      () => encodeHeader([{ name: "__metadata__", dtype: "U8", shape: [] }]),
      VitrailError,
      "__metadata__",
    );
  }));

/** A file whose header is `json` and whose data are `data` zeros. */
function fileOf(json: string | Uint8Array, data = 0, length?: number): Uint8Array {
  const header = typeof json === "string" ? new TextEncoder().encode(json) : json;
  const bytes = new Uint8Array(8 + header.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? header.length), true);
  bytes.set(header, 8);
  return bytes;
}

/** The JSON of one tensor. */
function entryOf(dtype: string, shape: unknown, offsets: unknown): string {
  return JSON.stringify({ dtype, shape, data_offsets: offsets });
}

/** Files that are not what the format asks for, and what must be said of each. */
const BROKEN: [string, Uint8Array, string][] = [
  ["nothing", new Uint8Array(0), "its 0 bytes are fewer than the 8 of the header's length"],
  [
    "a header longer than the file",
    fileOf("{}", 0, 999),
    "its header would be 999 bytes long, and 2 bytes follow",
  ],
  ["an absurd header length", new Uint8Array(16).fill(255), "bytes long, and 8 bytes follow"],
  ["a header that is no UTF-8", fileOf(Uint8Array.of(0xff, 0xfe)), "its header is not UTF-8"],
  ["a header that is no JSON", fileOf("{"), "its header is not JSON"],
  ["a header that is a list", fileOf("[]"), "its header is not a JSON object"],
  ["metadata that is not text", fileOf('{"__metadata__":{"a":1}}'), "its __metadata__ is not a map of texts"],
  ["a tensor that is no object", fileOf('{"x":1}'), "its tensor x is not described by an object"],
  ["an unknown dtype", fileOf(`{"x":${entryOf("F8", [1], [0, 1])}}`, 1), 'its tensor x has the dtype "F8"'],
  [
    "a fractional shape",
    fileOf(`{"x":${entryOf("U8", [1.5], [0, 1])}}`, 1),
    "its tensor x has the shape [1.5]",
  ],
  ["an overflowing shape", fileOf(`{"x":${entryOf("U8", [1e9, 1e9], [0, 1])}}`, 1), "too large"],
  ["one offset", fileOf(`{"x":${entryOf("U8", [1], [0])}}`, 1), "its tensor x has the offsets [0]"],
  ["no offsets", fileOf(`{"x":{"dtype":"U8","shape":[1]}}`, 1), "its tensor x has the offsets undefined"],
  ["a wrong span", fileOf(`{"x":${entryOf("F32", [2], [0, 4])}}`, 4), "takes 8 bytes, but lies at 0 to 4"],
  [
    "a gap",
    fileOf(`{"x":${entryOf("U8", [1], [2, 3])}}`, 3),
    "its tensor x begins at byte 2 of the data, and byte 0 is next",
  ],
  [
    "an overlap",
    fileOf(`{"x":${entryOf("U8", [2], [0, 2])},"y":${entryOf("U8", [2], [1, 3])}}`, 3),
    "its tensor y begins at byte 1 of the data, and byte 2 is next",
  ],
  ["too few data", fileOf(`{"x":${entryOf("U8", [9], [0, 9])}}`, 4), "its data end after 4 of 9 bytes"],
  ["too many data", fileOf(`{"x":${entryOf("U8", [2], [0, 2])}}`, 4), "2 bytes follow the last tensor"],
];

for (const [name, bytes, problem] of BROKEN) {
  Deno.test(`readSafetensors refuses ${name}`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "broken.safetensors");
      await Deno.writeFile(path, bytes);
      const error = await assertRejects(() => readSafetensors(path), VitrailError, problem);
      assertEquals(error.code, "io");
      assertEquals(error.message.startsWith(`cannot read ${path} as safetensors: `), true, error.message);
    }));
}

Deno.test("readSafetensors names a missing file and a folder", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.safetensors");
    const missing = await assertRejects(() => readSafetensors(path), VitrailError);
    assertEquals(missing.message, `cannot read ${path}: it does not exist`);
    await assertRejects(() => readSafetensors(folder), VitrailError, "it is not a file");
  }));

Deno.test("readSafetensors reads f16, bf16 and bool as their bits", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.safetensors");
    await writeSafetensors(path, ALL_DTYPES);
    const { tensors } = await readSafetensors(path);
    const kinds: Record<StoredDtype, new (length: number) => StoredData> = {
      F32: Float32Array,
      F16: Uint16Array,
      BF16: Uint16Array,
      U8: Uint8Array,
      I32: Int32Array,
      I64: BigInt64Array,
      BOOL: Uint8Array,
    };
    for (const { dtype, data } of tensors.values()) assertEquals(data.constructor, kinds[dtype]);
  }));
