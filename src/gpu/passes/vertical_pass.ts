import type { Layout } from "../../layout/layout.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { type Box, lengthOf, type Point } from "../../plan/geometry.ts";
import { byteTable, type Normalisation, type Rgb, valueTable } from "../../plan/tables/values.ts";
import { type CanvasView, type Fill, fillValues, type Placement, targetLayout } from "../../plan/view.ts";
import { struct } from "../device/uniforms.ts";
import { elementBits, perWord, storeWidth } from "../element_words.ts";
import { GROUP, INVOCATIONS } from "../invocations.ts";
import type { Block } from "./blocks.ts";
import { type OutputPlace, type OutputWindow, outputWindows } from "./output_window.ts";
import type { PassContext } from "../pass_context.ts";
import { bindingOf, type DeviceCanvas } from "../sources/source_texture.ts";
import type { OffsetTable, TableTextures } from "./table_textures.ts";

/** The uniform of shaders/vertical.wgsl. */
export const VerticalParams = struct({
  region: "vec4i",
  channels: "vec3u",
  fill: "u32",
  origin: "vec2i",
  columns: "i32",
  lineFrom: "i32",
  lines: "vec2i",
  tapsLength: "u32",
  tapsWidth: "u32",
  stride: "u32",
  base: "u32",
  offsetsDown: "u32",
  offsetsRepeat: "u32",
  fillElements: "vec3u",
  keptFrom: "u32",
});

/** The destination of a canvas view: it is kept for other views, cut into rows, or both. */
export interface CanvasTarget {
  view: CanvasView;
  /** The canvas that other views read, where some do. */
  keep?: DeviceCanvas;
  /** The rows that it is cut into, where it is. */
  place?: OutputPlace;
  /** The values that rows hold; absent where they hold bytes as they are. */
  values?: Normalisation;
}

/** The vertical pass over a region. */
export interface VerticalPass {
  /** Canvas pixels to write, in the working frame. */
  region: Box;
  /** The content in the region; absent where all of it is fill. */
  block?: Block;
  placement?: Placement;
  /** True where the working frame is transposed. */
  transposed: boolean;
  /** True where `lines` and the weights are floats. */
  float: boolean;
  /** The block's source lines, as the horizontal pass resampled them. */
  lines: GPUTexture;
  taps: GPUTexture;
  tapsLength: number;
  tapsWidth: number;
  fill: Fill;
}

/** The rows that a region is cut into: their layout, and the part of the output that one binding holds. */
interface Cut {
  layout: Layout;
  window: OutputWindow;
}

/**
 * Records the vertical pass over a region, in as many dispatches as bindings are needed for all that it
 * writes.
 */
export function recordVertical(context: PassContext, target: CanvasTarget, pass: VerticalPass): void {
  const { view, place } = target;
  const layout = view.target && targetLayout(view.canvas, view.target);
  const { limits } = context.recorder.device;
  for (const band of bandsOf(pass, target.keep, limits)) {
    if (!layout || !place) {
      recordRegion(context, target, { ...pass, region: band });
      continue;
    }
    const limit = limits.maxStorageBufferBindingSize;
    for (const { region, window } of outputWindows(layout, place, band, pass.transposed, limit)) {
      recordRegion(context, target, { ...pass, region }, { layout, window });
    }
  }
}

/**
 * Yields a pass's region in bands. A band has as many lines as one dispatch makes, and as many of the kept
 * canvas as one binding holds. In a transposed frame lines of the canvas are columns, so that bands lie side
 * by side as well.
 *
 *     upright ┌───────┐      transposed ┌───┬───┬──┐
 *             │   0   │                 │ 0 │ 1 │ 2│
 *             ├───────┤                 │   │   │  │
 *             │   1   │                 │   │   │  │
 *             └───────┘                 └───┴───┴──┘
 */
function* bandsOf(
  { region, transposed }: VerticalPass,
  keep: DeviceCanvas | undefined,
  { maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension }: GPUSupportedLimits,
): Generator<Box> {
  const kept = keep ? Math.floor(maxStorageBufferBindingSize / (keep.stride * 4)) : Infinity;
  const [wide, high] = transposed
    ? [Math.max(GROUP, Math.floor(kept / GROUP) * GROUP), (maxComputeWorkgroupsPerDimension - 1) * GROUP]
    : [Infinity, Math.min(kept, maxComputeWorkgroupsPerDimension)];
  const { left, top, right, bottom } = region;
  for (let y = top; y < bottom; y += high) {
    for (let x = left; x < right; x += wide) {
      yield { left: x, top: y, right: Math.min(right, x + wide), bottom: Math.min(bottom, y + high) };
    }
  }
}

/** Records the vertical pass over a region that one dispatch makes. */
function recordRegion(context: PassContext, target: CanvasTarget, pass: VerticalPass, cut?: Cut): void {
  const { recorder, tables } = context;
  const { view, keep, place, values } = target;
  const { left, top, right, bottom } = pass.region;
  const dtype = place?.dtype ?? "f32";
  const kept = pass.transposed ? { from: left, to: right } : { from: top, to: bottom };
  const offsets = offsetTable(tables, view, cut);
  const bindings = [
    pass.lines,
    pass.taps,
    byteElements(tables, values, dtype),
    offsets.texture,
    cut?.window.binding ?? recorder.buffer("storage", 4),
    keep ? bindingOf(keep, kept) : recorder.buffer("storage", 4),
  ];
  const width = cut && place ? storeWidth(cut.layout, place.base, dtype) : 1;
  const uniform = VerticalParams.bytes({
    region: [left, top, right - left, bottom - top],
    ...contentParams(pass),
    ...fillParams(pass.fill, dtype),
    channels: cut?.layout.offsets[0] ?? [0, 0, 0],
    base: (cut?.window.base ?? 0) + (cut?.layout.repeats[0] ?? 0),
    offsetsDown: offsets.down,
    offsetsRepeat: offsets.repeat,
    stride: keep?.stride ?? 0,
    keptFrom: kept.from,
  });
  const constants = constantsOf(recorder.fuses, target, pass, cut);
  recorder.dispatch(`verticalBy${width}`, constants, uniform, bindings, gridOf(pass));
}

/**
 * Returns the content's fields: its offset on the canvas, and the parts of it that `lines` and `taps` hold.
 */
function contentParams({ placement, block, transposed, tapsLength, tapsWidth }: VerticalPass) {
  const offset = workingOffset(placement, transposed);
  return {
    origin: block ? [offset.x + block.columns.from, offset.y] : [0, 0],
    columns: block ? lengthOf(block.columns) : 0,
    lineFrom: block?.source.lines.from ?? 0,
    lines: block ? [block.lines.from, block.lines.to] : [0, 0],
    tapsLength,
    tapsWidth,
  };
}

/** Returns the fill's fields: a colour, or each channel's element of its values. */
function fillParams(fill: Fill, dtype: Dtype) {
  const around = fillValues(fill);
  if (around) return { fill: 0, fillElements: [...elementBits(Float32Array.from(around), dtype)] };
  const [red, green, blue] = fill as Rgb;
  return { fill: red | green << 8 | blue << 16, fillElements: [0, 0, 0] };
}

/** Returns the content's offset on the canvas, in the working frame. */
function workingOffset(placement: Placement | undefined, transposed: boolean): Point {
  const { x, y } = placement?.offset ?? { x: 0, y: 0 };
  return transposed ? { x: y, y: x } : { x, y };
}

/** Returns the kernel's `override` constants. */
function constantsOf(
  fuses: number,
  { keep, place }: CanvasTarget,
  pass: VerticalPass,
  cut?: Cut,
): Record<string, number> {
  const { region: { left, top, right, bottom }, transposed, fill, float } = pass;
  const edges = transposed ? [top, bottom] : [left, right];
  return {
    CUT: Number(cut !== undefined),
    TRANSPOSED: Number(transposed),
    VALUED: Number("value" in fill),
    REPEATS: cut?.layout.repeats.length ?? 1,
    KEEP: Number(keep !== undefined),
    FLOAT: Number(float),
    FUSES: float ? fuses : 0,
    PER: perWord(place?.dtype ?? "f32"),
    PARTIAL: Number(edges.some((edge) => edge % GROUP !== 0)),
  };
}

/**
 * Returns the workgroups over a region. An invocation makes a group of four columns of a line; in a
 * transposed frame it makes the groups of four lines below one another.
 */
function gridOf(
  { region: { left, top, right, bottom }, transposed }: VerticalPass,
): [number, number, number] {
  const lines = transposed ? GROUP : 1; // of an invocation
  const across = Math.ceil(right / GROUP) - Math.floor(left / GROUP);
  return [Math.ceil(across / INVOCATIONS), Math.ceil(bottom / lines) - Math.floor(top / lines), 1];
}

/** Returns the output offsets of the rows that a view is cut into. */
function offsetTable(tables: TableTextures, { target }: CanvasView, cut?: Cut): OffsetTable {
  if (!cut || !target) return tables.noOffsets();
  const { inputShape, repeats } = cut.layout;
  const key = `${target.pattern} ${JSON.stringify(target.sizes)} ${inputShape} ${repeats}`;
  return tables.offsets(key, cut.layout);
}

/** Records one colour over a box of the canvas. */
export function recordFill(context: PassContext, target: CanvasTarget, region: Box, fill: Fill): void {
  const { recorder, tables } = context;
  recordVertical(context, target, {
    region,
    transposed: false,
    float: false,
    lines: recorder.texture(1, 1, "rgba32uint"),
    taps: tables.noTaps(),
    tapsLength: 0,
    tapsWidth: 0,
    fill,
  });
}

/** Returns the table of the elements that bytes become: their values; without a rule for them, the bytes. */
function byteElements(
  tables: TableTextures,
  values: Normalisation | undefined,
  dtype: Dtype,
): GPUTexture {
  const key = `${dtype} ${values ? JSON.stringify(values) : "bytes"}`;
  return tables.elements(key, () => elementBits(values ? valueTable(values) : byteTable(), dtype));
}
