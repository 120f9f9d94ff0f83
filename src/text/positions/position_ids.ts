import { requireChoice, VitrailError } from "../../errors.ts";
import { longsOf, type PadSide } from "../long_tensor.ts";
import { indexedPositions } from "./indexed_positions.ts";
import { omniPositions } from "./omni_positions.ts";
import { axesOf, type Rope, ROPE_RULES } from "./rope_rule.ts";
import type { PositionRow } from "./token_runs.ts";
import { visionPositions, visionRuns } from "./vision_positions.ts";

/** Positions, or differences of them: whole numbers, or fractions under the rule `qwen3_omni_moe`. */
export interface PositionTensor {
  /** safetensors' name of the element type. */
  readonly dtype: "I64" | "F32";
  /** `[axes, rows, length]` of positions, `[rows, 1]` of differences. */
  readonly shape: readonly number[];
  /** The elements. */
  readonly data: BigInt64Array | Float32Array;
}

/** The positions of a batch; they have Hugging Face's names. */
export interface Positions {
  /** The place of each token on each axis, `[3, rows, length]`; HunYuanVL may have other axes than three. */
  readonly position_ids: PositionTensor;
  /** The next token's position less the row's count of tokens, `[rows, 1]`: what decoding adds. */
  readonly rope_deltas: PositionTensor;
}

/** Options for positions. */
export interface PositionOptions {
  /** The length that rows are padded to; absent: that of the longest. */
  readonly length?: number;
  /** The side of the padding; absent: `right`. */
  readonly side?: PadSide;
}

/**
 * Returns the positions of texts with pictures and clips, for models that count them along several axes. It
 * needs no tokenizer and no pixel: only which tokens are an image's, and the grids of the images.
 *
 * ```ts
 * import { positionIds } from "./position_ids.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { tokenGrid: { steps: 1, rows: 2, columns: 3 } };
 * const row = { types: [0, 1, 1, 1, 1, 1, 1, 0], images: [picture] };
 * const { position_ids, rope_deltas } = positionIds([row], { rule: "qwen2_vl" });
 * assertEquals(position_ids.shape, [3, 1, 8]);
 * assertEquals([...position_ids.data.slice(16)], [0n, 1n, 2n, 3n, 1n, 2n, 3n, 4n]); // width
 * assertEquals([...rope_deltas.data], [-3n]); // the next token is 5, after 8 tokens
 * ```
 *
 * @throws {VitrailError} `shape` where tokens and images do not pair; `recipe` for an image whose grid is not
 * known; `usage` for an unknown rule, and for clips without the model's `perSecond` where the rule needs it.
 */
export function positionIds(
  rows: readonly PositionRow[],
  rope: Rope,
  { length = Math.max(0, ...rows.map(({ types }) => types.length)), side = "right" }: PositionOptions = {},
): Positions {
  requireChoice("rule", rope.rule, ROPE_RULES);
  const counted = rowsOf(rows, rope), axes = counted[0]?.length ?? 3;
  const shape = [axes, rows.length, length], all = new Float64Array(axes * rows.length * length);
  all.fill(paddingOf(rows, rope));
  for (const [index, row] of counted.entries()) {
    for (const [axis, positions] of row.entries()) {
      const at = (axis * rows.length + index) * length;
      all.set(positions, at + (side === "left" ? length - positions.length : 0));
    }
  }
  const deltas = counted.map((row) => {
    if (rope.rule === "glm_image") return 0;
    const least = row[0].length < length && paddingCounts(rows, rope) ? paddingOf(rows, rope) : -1;
    return largestOf(row, least) + 1 - row[0].length;
  });
  return { position_ids: tensor(all, shape, rope), rope_deltas: tensor(deltas, [rows.length, 1], rope) };
}

/**
 * Requires that a row's positions can be counted, which takes less than counting them.
 * @throws {VitrailError} as {@linkcode positionIds}.
 */
export function requirePositions(row: PositionRow, rope: Rope): void {
  requireChoice("rule", rope.rule, ROPE_RULES);
  if (isOmni(rope) || rope.rule === "hunyuan_vl") rowsOf([row], rope);
  else visionRuns(row, rope);
}

function isOmni({ rule }: Rope): boolean {
  return rule === "qwen2_5_omni" || rule === "qwen3_omni_moe";
}

function rowsOf(rows: readonly PositionRow[], rope: Rope): Float64Array[][] {
  const axes = axesOf(rope);
  if (isOmni(rope)) return rows.map((row) => omniPositions(row, rope));
  if (rope.rule !== "hunyuan_vl") return rows.map((row) => visionPositions(row, rope));
  if (!Number.isInteger(axes) || axes < 3) {
    throw new VitrailError("usage", `hunyuan_vl counts along 3 axes or more, found ${axes}`);
  }
  let before = 0;
  return rows.map((row) => {
    const positions = indexedPositions(row, axes, before);
    before += row.images.length;
    return positions;
  });
}

/** Returns the position of padding. */
function paddingOf(rows: readonly PositionRow[], rope: Rope): number {
  if (paddingCounts(rows, rope)) return 1;
  return rope.rule === "glm_image" || rope.rule === "qwen2_5_omni" ? 1 : 0;
}

/**
 * Returns true where the position of padding counts among those of its row: in the Omni models, for a batch
 * of texts alone.
 */
function paddingCounts(rows: readonly PositionRow[], { rule }: Rope): boolean {
  return /omni/.test(rule) && rows.every(({ images }) => images.length === 0);
}

/** Returns the largest position of a row, or `least` where that is larger. */
function largestOf(row: readonly Float64Array[], least: number): number {
  let largest = least;
  for (const axis of row) {
    for (let i = 0; i < axis.length; i++) if (axis[i] > largest) largest = axis[i];
  }
  return largest;
}

function tensor(values: ArrayLike<number>, shape: readonly number[], { rule }: Rope): PositionTensor {
  if (rule === "qwen3_omni_moe") return { dtype: "F32", shape, data: Float32Array.from(values) };
  return { dtype: "I64", shape, data: longsOf(values) };
}
