import type { StoredDtype } from "../../../formats/stored_dtype.ts";
import { countOf } from "../../../layout/shape.ts";
import type { DescribedOutput, ShardFile } from "../shard_file.ts";
import { damagedShard, elementsIn, listOffsets, requireWithin, tensorIn } from "./shard_values.ts";

/** The element types that a reader returns. */
const FLOATS: readonly string[] = ["F32", "F16", "BF16", "U8"],
  INTEGERS: readonly string[] = ["I64", "I32", "BOOL", "F32"];

/** An output of a shard as it is checked. */
interface Output {
  readonly shard: ShardFile;
  readonly name: string;
  readonly described: DescribedOutput;
  /** The shape of each sample's tensor; empty where it has none. */
  readonly shapes: readonly (readonly number[])[];
}

/**
 * Checks the tensors of each output: that ranges lie in the stored rows and use all of them, and that each
 * sample's rows, numbers, masks or positions are as many as its shape says.
 * @throws {VitrailError} `io`, with the tensor, for what is not so.
 */
export function checkOutputs(shard: ShardFile, samples: number): void {
  for (const [name, described] of Object.entries(shard.outputs)) {
    const types = described.kind === "rows" ? FLOATS : INTEGERS;
    if (!types.includes(described.dtype)) {
      throw damagedShard(shard, `${name} is of ${described.dtype}, expected one of ${types.join(", ")}`);
    }
    tensorIn(shard, `${name}.shape`, ["I32"], [undefined]);
    listOffsets(shard, `${name}.shape`, samples);
    requireWithin(shard, `${name}.shape`, 0, 2 ** 31 - 1);
    const shapes = Array.from({ length: samples }, (_, sample) => shard.list(`${name}.shape`, sample));
    const output = { shard, name, described, shapes };
    if (described.kind === "rows") checkRows(output);
    else if (described.kind === "values") checkValues(output);
    else if (described.kind === "ones" || described.kind === "grids") checkSizes(output, described.kind);
    else throw damagedShard(shard, `${name} is ${described.kind}, expected rows, values, ones or grids`);
    checkLists(output);
  }
}

function checkRows({ shard, name, described, shapes }: Output): void {
  const ranges = `${name}.ranges`, table = shard.has(`${name}.table`);
  const type = table ? "U8" : described.dtype as StoredDtype;
  const { shape: [stored, ...rowShape] } = tensorIn(shard, name, [type]), own = countOf(rowShape);
  if (table) tensorIn(shard, `${name}.table`, ["F32"], [3, 256]);
  tensorIn(shard, ranges, ["I64"], [undefined, 2]);
  listOffsets(shard, ranges, shapes.length);
  const used: [first: number, end: number][] = [];
  for (const [sample, shape] of shapes.entries()) {
    const list = shard.list(ranges, sample, 2);
    let rows = 0;
    for (let i = 0; i < list.length; i += 2) {
      const [first, count] = [list[i], list[i + 1]];
      if (count < 1 || first < -1 || first >= 0 && first + count > stored) {
        throw damagedShard(shard, `${ranges} has [${first}, ${count}], and there are ${stored} rows`);
      }
      if (first >= 0) used.push([first, first + count]);
      rows += count;
    }
    const elements = shape.length === 0 ? 0 : elementsIn(shard, name, shape);
    if (rows * own !== elements) {
      throw damagedShard(
        shard,
        `${name} of sample ${sample} has ${rows * own} elements, its shape ${elements}`,
      );
    }
    if (table) requireChannels(shard, name, described, sample, list, rowShape);
  }
  requireAllUsed(shard, name, used, stored);
  if (described.fill) checkContents({ shard, name, described, shapes }, rowShape);
}

/** Checks that ranges leave out none of the stored rows. */
function requireAllUsed(shard: ShardFile, name: string, used: [number, number][], stored: number): void {
  let end = 0;
  for (const [first, next] of used.sort(([a], [b]) => a - b)) {
    if (first > end) break;
    end = Math.max(end, next);
  }
  if (end !== stored) throw damagedShard(shard, `no range of ${name} has row ${end} of ${stored}`);
}

/** Checks where the channels stand in the rows of bytes of a sample. */
function requireChannels(
  shard: ShardFile,
  name: string,
  { channel }: DescribedOutput,
  sample: number,
  ranges: readonly number[],
  rowShape: readonly number[],
): void {
  if (channel === undefined) tensorIn(shard, `${name}.channel`, ["I32"], [undefined, 2]);
  const [before, after] = channel ?? shard.numbers(`${name}.channel`, 2 * sample, 2 * sample + 2);
  const filled = ranges.some((first, index) => index % 2 === 0 && first >= 0);
  const length = before * 3 * after,
    rows = rowShape.length > 0 ? [countOf(rowShape)] : ranges.filter((_, i) => i % 2);
  const fits = before >= 1 && after >= 1 && rows.every((own) => own % length === 0);
  if (!filled || fits && (rowShape.length === 0 || length === rows[0])) return;
  throw damagedShard(shard, `the channels of ${name} are at [${before}, ${after}] in sample ${sample}`);
}

/** Checks that each row with a fill around it has its content, which lies in it. */
function checkContents({ shard, name, shapes }: Output, rowShape: readonly number[]): void {
  const contents = `${name}.contents`;
  tensorIn(shard, contents, ["I32"], [undefined, 4]);
  const offsets = listOffsets(shard, contents, shapes.length);
  for (const [sample, shape] of shapes.entries()) {
    if (shape.length === 0) continue;
    const [height, width] = (rowShape.length > 0 ? rowShape : shape).slice(-2);
    const planes = countOf(shape) / (3 * height * width), found = offsets[sample + 1] - offsets[sample];
    if (planes !== found) {
      throw damagedShard(shard, `${contents} has ${found} of sample ${sample}, not ${planes}`);
    }
    const list = shard.list(contents, sample, 4);
    for (let i = 0; i < list.length; i += 4) {
      const [top, left, high, wide] = list.slice(i, i + 4);
      if (Math.min(top, left, high, wide) >= 0 && top + high <= height && left + wide <= width) continue;
      const own = [top, left, high, wide].join(", ");
      throw damagedShard(shard, `${contents} has [${own}], and a row is ${height}x${width}`);
    }
  }
}

function checkValues({ shard, name, described, shapes }: Output): void {
  tensorIn(shard, `${name}.values`, [described.dtype as StoredDtype], [undefined]);
  const offsets = listOffsets(shard, `${name}.values`, shapes.length);
  for (const [sample, shape] of shapes.entries()) {
    const found = offsets[sample + 1] - offsets[sample];
    const elements = shape.length === 0 ? 0 : elementsIn(shard, name, shape);
    if (found === elements) continue;
    throw damagedShard(shard, `${name} of sample ${sample} has ${found} elements, its shape ${elements}`);
  }
}

/** Checks the sizes that stand for masks `[…, height, width]`, or for positions `[…, most, 2]`. */
function checkSizes({ shard, name, shapes }: Output, kind: "ones" | "grids"): void {
  const sizes = `${name}.${kind}`;
  tensorIn(shard, sizes, ["I32"], [undefined, 2]);
  const offsets = listOffsets(shard, sizes, shapes.length);
  for (const [sample, shape] of shapes.entries()) {
    elementsIn(shard, name, shape);
    const [high, wide] = shape.slice(-2), found = offsets[sample + 1] - offsets[sample];
    const planes = shape.length === 0 ? 0 : countOf(shape.slice(0, -2));
    const list = shard.list(sizes, sample, 2);
    const fits = list.every((size, i) =>
      size >= 0 && (kind === "grids" || size <= (i % 2 === 0 ? high : wide))
    ) &&
      (kind === "ones" || list.every((size, i) => i % 2 === 1 || size * list[i + 1] <= high));
    if (planes === found && fits) continue;
    throw damagedShard(shard, `${sizes} of sample ${sample} is [${list.slice(0, 8)}], its shape [${shape}]`);
  }
}

/** Checks that the rows of a sample's lists are all of its rows. */
function checkLists({ shard, name, shapes }: Output): void {
  const lists = `${name}.lists`;
  if (!shard.has(lists)) return;
  const { shape: [count] } = tensorIn(shard, lists, ["I32"], [undefined]);
  const offsets = listOffsets(shard, lists, shapes.length), own = `${name}.list_shapes`;
  if (shard.has(own)) tensorIn(shard, own, ["I32"], [count, undefined]);
  for (const [sample, shape] of shapes.entries()) {
    const rows = shard.list(lists, sample), sum = rows.reduce((all, length) => all + length, 0);
    if (rows.length === 0) continue;
    if (Math.min(...rows) < 0 || sum !== shape[0]) {
      throw damagedShard(
        shard,
        `${lists} of sample ${sample} is [${rows.slice(0, 8)}], its shape [${shape}]`,
      );
    }
    if (!shard.has(own)) continue;
    const [, rank] = shard.tensor(own).shape, rest = countOf(shape.slice(1));
    for (const [list, length] of rows.entries()) {
      const from = (offsets[sample] + list) * rank, apart = shard.numbers(own, from, from + rank);
      if (Math.min(...apart) >= 0 && countOf(apart) === length * rest) continue;
      throw damagedShard(shard, `${own} has [${apart}] for a list of ${length} rows of ${rest}`);
    }
  }
}
