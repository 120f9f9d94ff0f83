import { Buffer } from "node:buffer";
import { countOf } from "../../layout/shape.ts";
import { type Dtype, ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { IntegerOutput } from "../../plan/integers.ts";
import type { View } from "../../plan/view.ts";
import type { PlannedSample } from "../set/planned_sample.ts";
import type { TextRow } from "../text/sample_text.ts";
import { valueAround } from "./lossless_bytes.ts";
import { hasRows, type RowsOutput, type SampleOutput, viewsOf } from "./sample_outputs.ts";

/** Bytes of a unit beside its rows: its grid, its size and its tokens. */
export const UNIT_BYTES = 8 + 8 + 4;

/** Bytes of a number of 32 bits, and of one of 64. */
const INT = 4, LONG = 8;

/**
 * Returns the bytes that a shard stores for a sample beside its units, which it may share with others: texts,
 * tokens, masks, grids, and where its rows lie.
 *
 * A shard may take a little less. It joins ranges of rows that follow one another, and has no packs, no
 * contents and no shapes of lists where no sample of it needs them.
 */
export function bytesOfSample({ units, outputs, text, json, row }: PlannedSample, set: Dtype): number {
  const position = LONG, pack = INT + LONG, pictures = LONG + units.length * INT;
  const texts = LONG + Buffer.byteLength(text) + LONG + Buffer.byteLength(json);
  const tokens = row ? bytesOfTokens(row) : 0;
  return Object.entries(outputs).reduce(
    (sum, [name, output]) => sum + bytesOfOutput(name, output, set),
    position + pack + pictures + texts + tokens,
  );
}

function bytesOfTokens({ ids, axes = 0, spans, attended = [] }: TextRow): number {
  const id = LONG, label = LONG, mask = 1, place = axes * INT, delta = axes > 0 ? INT : 0;
  return LONG + INT + delta + ids.length * (id + label + mask + place) + spans.length * 3 * INT +
    attended.length * INT;
}

function bytesOfOutput(name: string, output: SampleOutput, set: Dtype): number {
  const { shape, lists } = output;
  const shapes = hasRows(output) ? output.shapes ?? [] : [];
  const described = [shape, ...shapes].reduce((sum, own) => sum + own.length * INT, LONG);
  const listed = lists ? LONG + lists.length * INT : 0;
  return described + listed + (hasRows(output) ? bytesOfRanges(name, output, set) : bytesOfIntegers(output));
}

/** Returns the bytes of where a sample's rows lie, and where they are bytes, of what makes values of them. */
function bytesOfRanges(name: string, { ranges }: RowsOutput, set: Dtype): number {
  const bytes = LONG + ranges.length * 2 * LONG;
  if (set !== "u8") return bytes;
  const channel = 2 * INT, rows = ranges.reduce((sum, { rows }) => sum + rows, 0);
  return bytes + channel + (viewsOf(name, ranges).some(hasFill) ? LONG + rows * 4 * INT : 0);
}

/** Returns whether a view's fill is seen, and has a value that no byte becomes. */
function hasFill(view: View): boolean {
  return view.kind === "canvas" && valueAround(view) !== undefined;
}

function bytesOfIntegers({ dtype, shape, values }: IntegerOutput): number {
  if ("ones" in values) return LONG + values.ones.length * 2 * INT;
  if ("grids" in values) return LONG + values.grids.length * 2 * INT;
  return LONG + countOf(shape) * ELEMENT_BYTES[dtype];
}
