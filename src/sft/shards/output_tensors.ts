import type { TensorSource } from "../../formats/safetensors_pieces.ts";
import type { StoredDtype } from "../../formats/stored_dtype.ts";
import { countOf } from "../../layout/shape.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { integerData, type IntegerOutput, longsOf } from "../../plan/integers.ts";
import { ownRows } from "../../plan/images/image_plan.ts";
import { valueTable } from "../../plan/tables/values.ts";
import type { CanvasView } from "../../plan/view.ts";
import { storedDtypeOf, type Unit } from "../set/unit.ts";
import { integers, lists, long, offsetsOf } from "./list_tensors.ts";
import { channelPlace, type ContentBox, contentBoxes } from "./lossless_bytes.ts";
import { type RowsOutput, type SampleOutput, type UnitRange, viewsOf } from "./sample_outputs.ts";
import type { IntegerLayout, OutputLayout, RowsLayout } from "./set_outputs.ts";

/** Gives the bytes of an output's rows of units, one unit after another. */
export type RowsSource = (output: string) => TensorSource["data"];

/**
 * Returns the tensors of one output. A list for each sample is two tensors: all items, and their offsets.
 *
 * | tensor | shape | |
 * | --- | --- | --- |
 * | `NAME` | `[rows, …]` | every unit's rows; `[elements]` where their shapes differ |
 * | `NAME.table` | F32 `[3, 256]` | of rows in bytes: the value of each byte, by channel |
 * | `NAME.channel` | I32 `[samples, 2]` | where samples differ: a row's elements before and after channels |
 * | `NAME.contents` (+ `_offsets`) | I32 `[…, 4]` | by row, where there is a fill: top, left, height, width |
 * | `NAME.ranges` (+ `_offsets`) | I64 `[…, 2]` | of rows: first one and count; −1 and a count of zeros |
 * | `NAME.values` (+ `_offsets`) | | whole numbers, in row-major order |
 * | `NAME.ones` (+ `_offsets`) | I32 `[…, 2]` | of masks: height and width of the ones of each plane |
 * | `NAME.grids` (+ `_offsets`) | I32 `[…, 2]` | of patches' positions: each grid's height and width |
 * | `NAME.shape` (+ `_offsets`) | I32 | the shape of a sample's tensor; empty where it has none |
 * | `NAME.lists` (+ `_offsets`) | I32 | where Python returns lists: the rows of each |
 * | `NAME.list_shapes` | I32 `[…, rank]` | beside `NAME.lists`, where shapes differ: the shape of each |
 *
 * @param outputs the samples' own; undefined for a sample that has none
 * @param units all units of the shard, in the order in which they are stored
 */
export function outputTensors(
  name: string,
  layout: OutputLayout,
  outputs: readonly (SampleOutput | undefined)[],
  units: readonly Unit[],
  dtype: Dtype,
  rowsOf: RowsSource,
): TensorSource[] {
  const listed = outputs.map((output) => output?.lists ?? []);
  const shapes = outputs.flatMap((output) => output && "shapes" in output ? output.shapes ?? [] : []);
  const data = layout.kind === "rows"
    ? rowTensors(name, layout, outputs as readonly (RowsOutput | undefined)[], units, dtype, rowsOf)
    : integerTensors(name, layout, outputs as readonly (IntegerOutput | undefined)[]);
  return [
    ...data,
    ...lists(`${name}.shape`, outputs.map((output) => output?.shape ?? [])),
    ...(listed.some(({ length }) => length > 0) ? lists(`${name}.lists`, listed) : []),
    ...(shapes.length > 0 ? [integers(`${name}.list_shapes`, shapes, shapes[0].length)] : []),
  ];
}

function rowTensors(
  name: string,
  layout: RowsLayout,
  outputs: readonly (RowsOutput | undefined)[],
  units: readonly Unit[],
  dtype: Dtype,
  rowsOf: RowsSource,
): TensorSource[] {
  const own = units.filter(({ kinds }) => name in kinds);
  const elements = (unit: Unit) => layout.rowShape ? 1 : countOf(unit.kinds[name].rowShape);
  const starts = offsetsOf(own.map((unit) => ownRows(unit, name) * elements(unit)));
  const places = new Map(own.map(({ key }, index) => [key, starts[index]]));
  const ranges = outputs.map((output) => {
    if (output === undefined) return [];
    const length = layout.rowShape ? 1 : countOf(output.rowShape);
    return joined(output.ranges.map(({ unit, row, rows }: UnitRange) => [
      unit === undefined ? -1 : places.get(unit.key)! + row * length,
      rows * length,
    ]));
  });
  return [
    {
      name,
      dtype: storedDtypeOf({ ...layout, rowShape: [] }, dtype).toUpperCase() as StoredDtype,
      shape: [starts.at(-1)!, ...layout.rowShape ?? []],
      data: rowsOf(name),
    },
    ...(layout.table ? [tableOf(name, layout)] : []),
    ...(layout.table && !layout.channel ? [channelsOf(name, outputs)] : []),
    ...(layout.fill ? contentTensors(name, outputs) : []),
    {
      name: `${name}.ranges`,
      dtype: "I64",
      shape: [ranges.flat().length, 2],
      data: longsOf(ranges.flat(2)),
    },
    long(`${name}.ranges_offsets`, offsetsOf(ranges.map(({ length }) => length))),
  ];
}

/** Joins ranges of which one begins where the other ends, and those of zeros. */
function joined(ranges: readonly (readonly number[])[]): number[][] {
  const all: number[][] = [];
  for (const [first, count] of ranges) {
    const last = all.at(-1);
    const follows = last && (first === -1 ? last[0] === -1 : last[0] !== -1 && last[0] + last[1] === first);
    if (follows) last[1] += count;
    else all.push([first, count]);
  }
  return all;
}

function tableOf(name: string, { values }: RowsLayout): TensorSource {
  return { name: `${name}.table`, dtype: "F32", shape: [3, 256], data: valueTable(values) };
}

/** Returns the place of the channels in the rows of each sample. */
function channelsOf(name: string, outputs: readonly (RowsOutput | undefined)[]): TensorSource {
  const places = outputs.map((output) => {
    const view = viewsOf(name, output?.ranges ?? []).find(({ kind }) => kind === "canvas");
    return view?.kind === "canvas" ? channelPlace(view.canvas, view.target!)! : [0, 0];
  });
  return integers(`${name}.channel`, places, 2);
}

/** Returns the tensors of the contents of each sample's rows; rows of zeros are content. */
function contentTensors(name: string, outputs: readonly (RowsOutput | undefined)[]): TensorSource[] {
  const contents = outputs.map((output) => {
    if (output === undefined) return [];
    const [height, width] = output.rowShape.slice(-2);
    return output.ranges.flatMap((range) =>
      range.unit === undefined
        ? Array.from({ length: range.rows }, (): ContentBox => [0, 0, height, width])
        : viewsOf(name, [range]).flatMap((view) => contentBoxes(view as CanvasView, { width, height }))
    );
  });
  return [
    integers(`${name}.contents`, contents.flat(), 4),
    long(`${name}.contents_offsets`, offsetsOf(contents.map(({ length }) => length))),
  ];
}

function integerTensors(
  name: string,
  { kind, dtype }: IntegerLayout,
  outputs: readonly (IntegerOutput | undefined)[],
): TensorSource[] {
  if (kind === "values") {
    const data = outputs.flatMap((output) => output ? [integerData(output)] : []);
    const lengths = outputs.map((output) => output ? countOf(output.shape) : 0), offsets = offsetsOf(lengths);
    return [
      { name: `${name}.values`, dtype: dtype.toUpperCase() as StoredDtype, shape: [offsets.at(-1)!], data },
      long(`${name}.values_offsets`, offsets),
    ];
  }
  const sizes = outputs.map((output) => {
    const values = output?.values ?? [];
    if ("ones" in values) return values.ones;
    return "grids" in values ? values.grids : [];
  });
  return [
    integers(`${name}.${kind}`, sizes.flat().map(({ width, height }) => [height, width]), 2),
    long(`${name}.${kind}_offsets`, offsetsOf(sizes.map(({ length }) => length))),
  ];
}
