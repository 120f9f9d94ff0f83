import { lengthOf, type Range } from "../../plan/geometry.ts";
import type { Recorder } from "../device/recorder.ts";
import { struct } from "../device/uniforms.ts";
import { GROUP, LANES } from "../lanes.ts";
import type { Block } from "./blocks.ts";
import type { Windows } from "./column_groups.ts";
import type { SourceTexture } from "./source_texture.ts";

/** The uniform of shaders/horizontal.wgsl. */
export const HorizontalParams = struct({
  toTexel: "mat3x3f",
  groupFrom: "u32",
  groupCount: "u32",
  rowFrom: "u32",
  rowCount: "u32",
  tapsGroups: "u32",
  tapsWidth: "u32",
  stride: "u32",
});

const ROWS = 4; // of an invocation
const ROW_STEP = 16; // texels: a copy takes rows of multiples of 256 bytes

/** What the horizontal pass makes of a block. */
export interface HorizontalPass {
  block: Block;
  source: SourceTexture;
  /** Content columns that the canvas's first group of four lacks. */
  lead: number;
  windows: Windows;
  /** The weights of the windows. */
  taps: GPUTexture;
  /** Whether weights and rows are floats, a texel a pixel. */
  float: boolean;
}

/** Records the horizontal pass over a block; the result holds its resampled rows, four pixels a texel, or one where floats. */
export function recordHorizontal(recorder: Recorder, pass: HorizontalPass): GPUTexture {
  const { block, source, lead, windows, taps, float } = pass;
  const groups = groupsOf(block.columns, lead), rowCount = lengthOf(block.source.rows);
  const width = lengthOf(groups) * (float ? GROUP : 1); // texels a row
  const stride = Math.ceil(width / ROW_STEP) * ROW_STEP, size = rowCount * stride * 16;
  const rows = { buffer: recorder.buffer("storage", size), size }; // a pooled buffer may be longer than a binding holds
  const uniform = HorizontalParams.bytes({
    toTexel: source.toTexel,
    groupFrom: groups.from,
    groupCount: lengthOf(groups),
    rowFrom: block.source.rows.from,
    rowCount,
    tapsGroups: windows.groups,
    tapsWidth: windows.width,
    stride,
  });
  const grid = [Math.ceil(lengthOf(groups) / LANES), Math.ceil(rowCount / ROWS), 1] as const;
  recorder.dispatch("horizontal", { FLOAT: Number(float) }, uniform, [source.texture, taps, rows], grid);
  return texelsOf(recorder, rows.buffer, stride, width, rowCount);
}

/** The canvas's groups of four columns in which some content columns lie. */
function groupsOf(columns: Range, lead: number): Range {
  return { from: Math.floor((lead + columns.from) / GROUP), to: Math.ceil((lead + columns.to) / GROUP) };
}

/** The rows of a buffer, `stride` texels each, in a texture of `width` × `height` texels of four words. */
function texelsOf(
  recorder: Recorder,
  buffer: GPUBuffer,
  stride: number,
  width: number,
  height: number,
): GPUTexture {
  const texture = recorder.texture(width, height, "rgba32uint");
  const source = { buffer, bytesPerRow: stride * 16 };
  recorder.command((encoder) => encoder.copyBufferToTexture(source, { texture }, [width, height]));
  return texture;
}
