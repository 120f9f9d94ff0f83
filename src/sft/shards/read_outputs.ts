import { arrangedBytes } from "../../engine/results/arranged.ts";
import { Tensor } from "../../engine/results/tensor.ts";
import { countOf } from "../../layout/shape.ts";
import { type Dtype, ELEMENT_BYTES, type IntegerType } from "../../plan/dtype.ts";
import { integerData, type IntegerOutput } from "../../plan/integers.ts";
import type { DescribedOutput, ShardFile } from "./shard_file.ts";

/**
 * Returns a sample's outputs by name. Each is assembled when it is first asked for: its rows are joined, a
 * table makes values of bytes, and masks and positions are written out.
 */
export function readOutputs(shard: ShardFile, sample: number): Readonly<Record<string, Tensor>> {
  const outputs: Record<string, Tensor> = {};
  for (const [name, described] of Object.entries(shard.outputs)) {
    const shape = shard.list(`${name}.shape`, sample);
    if (shape.length === 0) continue;
    let tensor: Tensor | undefined;
    Object.defineProperty(outputs, name, {
      enumerable: true,
      get: () => tensor ??= readOutput(shard, sample, name, described, shape),
    });
  }
  return outputs;
}

function readOutput(
  shard: ShardFile,
  sample: number,
  name: string,
  described: DescribedOutput,
  shape: readonly number[],
): Tensor {
  const dtype = described.dtype.toLowerCase() as Dtype | IntegerType;
  const bytes = described.kind === "rows"
    ? joinedRows(shard, sample, name, described, shape)
    : wholeNumbers(shard, sample, name, { dtype: dtype as IntegerType, shape: [...shape] }, described.kind);
  const lists = shard.list(`${name}.lists`, sample);
  const shapes = lists.length > 0 ? listShapes(shard, sample, name) : undefined;
  return new Tensor(name, dtype, shape, bytes, lists.length > 0 ? lists : undefined, shapes);
}

/** Returns the shapes of a sample's lists; undefined where all are rows of one shape. */
function listShapes(shard: ShardFile, sample: number, name: string): number[][] | undefined {
  const shapes = `${name}.list_shapes`;
  if (!shard.has(shapes)) return undefined;
  const [from, to] = shard.range(`${name}.lists`, sample), [, rank] = shard.tensor(shapes).shape;
  return Array.from({ length: to - from }, (_, list) => {
    return shard.numbers(shapes, (from + list) * rank, (from + list + 1) * rank);
  });
}

/** Returns the bytes of a sample's rows, joined and in order. */
function joinedRows(
  shard: ShardFile,
  sample: number,
  name: string,
  { dtype, channel, fill, arranged }: DescribedOutput,
  shape: readonly number[],
): Uint8Array {
  const { data, shape: [, ...rowShape] } = shard.tensor(name), rowElements = countOf(rowShape);
  const ranges = shard.list(`${name}.ranges`, sample, 2);
  const runs = Array.from({ length: ranges.length / 2 }, (_, i) => ranges.slice(2 * i, 2 * i + 2));
  const rows = runs.reduce((sum, [, count]) => sum + count, 0);
  const width = ELEMENT_BYTES[dtype.toLowerCase() as Dtype];
  const bytes = new Uint8Array(rows * rowElements * width);
  const table = shard.has(`${name}.table`) ? shard.tensor(`${name}.table`).data as Float32Array : undefined;
  const [, after] = channel ?? (table ? shard.numbers(`${name}.channel`, 2 * sample, 2 * sample + 2) : []);
  let at = 0;
  for (const [first, count] of runs) {
    const elements = count * rowElements, from = first * rowElements;
    const into = bytes.subarray(at, at += elements * width);
    if (first === -1) continue;
    if (table) writeValues(into, data.subarray(from, from + elements) as Uint8Array, table, after);
    else into.set(new Uint8Array(data.buffer, data.byteOffset + from * width, elements * width));
  }
  if (fill) {
    const plane = (rowShape.length > 0 ? rowShape : shape).slice(-2);
    writeFill(new Float32Array(bytes.buffer), fill, plane, shard.list(`${name}.contents`, sample, 4));
  }
  if (arranged === undefined) return bytes;
  const output = { dtype: dtype.toLowerCase() as Dtype, shape: [rows, ...rowShape], arranged };
  return arrangedBytes(bytes, output);
}

/** Writes the value of each byte, as f32. Channels follow one another, each `after` elements long. */
function writeValues(into: Uint8Array, bytes: Uint8Array, table: Float32Array, after: number): void {
  const values = new Float32Array(into.buffer, into.byteOffset, bytes.length);
  for (let from = 0, channel = 0; from < bytes.length; from += after, channel = (channel + 1) % 3) {
    const own = table.subarray(channel * 256, channel * 256 + 256);
    for (let i = from; i < from + after; i++) values[i] = own[bytes[i]];
  }
}

/** Writes the fill around the contents of rows `[rows, 3, height, width]`. */
function writeFill(
  values: Float32Array,
  fill: readonly number[],
  [height, width]: readonly number[],
  contents: readonly number[],
): void {
  const rows = contents.length / 4;
  for (let plane = 0, from = 0; plane < rows * 3; plane++) {
    const [top, left, high, wide] = contents.slice(Math.floor(plane / 3) * 4, Math.floor(plane / 3) * 4 + 4);
    for (let y = 0; y < height; y++, from += width) {
      const inside = y >= top && y < top + high, to = from + width;
      values.fill(fill[plane % 3], from, inside ? from + left : to);
      if (inside) values.fill(fill[plane % 3], from + left + wide, to);
    }
  }
}

/** Returns the bytes of an output of whole numbers. */
function wholeNumbers(
  shard: ShardFile,
  sample: number,
  name: string,
  output: Pick<IntegerOutput, "dtype" | "shape">,
  kind: "values" | "ones" | "grids",
): Uint8Array {
  if (kind === "values") {
    const { data } = shard.tensor(`${name}.values`), [from, to] = shard.range(`${name}.values`, sample);
    const { buffer, byteOffset, byteLength } = data.slice(from, to);
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  const pairs = shard.list(`${name}.${kind}`, sample, 2);
  const sizes = Array.from({ length: pairs.length / 2 }, (_, i) => {
    const [height, width] = pairs.slice(2 * i, 2 * i + 2);
    return { width, height };
  });
  const values = kind === "ones" ? { ones: sizes } : { grids: sizes };
  return new Uint8Array(integerData({ ...output, values }).buffer);
}
