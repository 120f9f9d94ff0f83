import { lengthOf, type Range } from "../../plan/geometry.ts";
import type { Recorder } from "../device/recorder.ts";
import { struct } from "../device/uniforms.ts";
import { GROUP, INVOCATIONS } from "../invocations.ts";
import type { Block } from "./blocks.ts";
import type { Windows } from "./column_groups.ts";
import type { SourceTexture } from "../sources/source_texture.ts";

/** The uniform of shaders/horizontal.wgsl. */
export const HorizontalParams = struct({
  toTexel: "mat3x3f",
  groupFrom: "u32",
  groupCount: "u32",
  lineFrom: "u32",
  lineCount: "u32",
  tapsGroups: "u32",
  tapsWidth: "u32",
  stride: "u32",
});

/** Lines that an invocation makes. */
const LINES = 4;

/** The step of a line's stride, in texels: copies into textures take lines of multiples of 256 bytes. */
const STRIDE_STEP = 16;

/** The horizontal pass over a block. */
export interface HorizontalPass {
  block: Block;
  source: SourceTexture;
  /** Columns that the first group of the content lacks. */
  lead: number;
  /** The windows of the content's groups. */
  windows: Windows;
  /** The weights of the windows. */
  taps: GPUTexture;
  /** True where weights and results are floats. */
  float: boolean;
}

/**
 * Records the horizontal pass over a block. Returns a texture of the block's source lines, resampled to its
 * groups of columns: a texel is four pixels of bytes, or one of floats.
 */
export function recordHorizontal(recorder: Recorder, pass: HorizontalPass): GPUTexture {
  const { block, source, lead, windows, taps, float } = pass;
  const groups = groupsOf(block.columns, lead), height = lengthOf(block.source.lines);
  const width = lengthOf(groups) * (float ? GROUP : 1); // texels of a line
  const stride = Math.ceil(width / STRIDE_STEP) * STRIDE_STEP, size = height * stride * 16;
  // Bound by its size: a pooled buffer may be longer than a binding holds.
  const lines = { buffer: recorder.buffer("storage", size), size };
  const uniform = HorizontalParams.bytes({
    toTexel: source.toTexel,
    groupFrom: groups.from,
    groupCount: lengthOf(groups),
    lineFrom: block.source.lines.from,
    lineCount: height,
    tapsGroups: windows.groups,
    tapsWidth: windows.width,
    stride,
  });
  const grid = [Math.ceil(lengthOf(groups) / INVOCATIONS), Math.ceil(height / LINES), 1] as const;
  const constants = { FLOAT: Number(float), FUSES: float ? recorder.fuses : 0 };
  recorder.dispatch("horizontal", constants, uniform, [source.texture, taps, lines], grid);
  return texelsOf(recorder, lines.buffer, stride, width, height);
}

/** Returns the groups of a content in which some of its columns lie. */
function groupsOf(columns: Range, lead: number): Range {
  return { from: Math.floor((lead + columns.from) / GROUP), to: Math.ceil((lead + columns.to) / GROUP) };
}

/**
 * Copies the lines of a buffer, `stride` texels apart, to a texture of `width` × `height` texels of four
 * words.
 */
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
