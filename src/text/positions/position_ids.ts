import { requireChoice, shown, VitrailError } from "../../errors.ts";
import { type OptionNames, requireOptions } from "../../given/given_options.ts";
import { requireGiven, requireObjects } from "../../given/given_value.ts";
import { longsOf } from "../../plan/integers.ts";
import type { PadSide } from "../long_tensor.ts";
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

const POSITION_OPTIONS = { length: true, side: true } satisfies OptionNames<PositionOptions>;

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
  options: PositionOptions = {},
): Positions {
  requireRows(rows);
  requireGiven("positionIds: rope", rope, "an object", `{ rule: "qwen2_vl" }`);
  requireOptions("positionIds", options, POSITION_OPTIONS);
  const longest = rows.reduce((most, { types }) => Math.max(most, types.length), 0);
  const { length = longest, side = "right" } = options;
  requireChoice("side", side, ["left", "right"]);
  requireLength(length, longest);
  requireRule(rope);
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

/** @throws {VitrailError} `usage` for rows that are none. */
function requireRows(rows: readonly PositionRow[]): void {
  requireObjects("positionIds: rows", rows, "{ types, images }");
  for (const [index, { types, images }] of rows.entries()) {
    requireGiven(`positionIds: rows[${index}].types`, types, "numbers in a list", "[0, 1, 1]");
    requireObjects(`positionIds: rows[${index}].images`, images, "{ tokenGrid }");
  }
}

/** @throws {VitrailError} `usage` for a length of rows that cuts one. */
function requireLength(length: number, longest: number): void {
  requireGiven("length", length, "a whole number from 0 up");
  if (length >= longest) return;
  throw new VitrailError("usage", `length is ${length}, and the longest row has ${longest} tokens`);
}

/** @throws {VitrailError} `usage` for a rule that there is not, and for numbers that are none. */
function requireRule({ rule, perSecond, axes }: Rope): void {
  if (rule === undefined) {
    throw new VitrailError("usage", `rule is one of ${ROPE_RULES.join(", ")}, found none`);
  }
  requireChoice("rule", rule, ROPE_RULES);
  if (perSecond !== undefined) requireGiven("perSecond", perSecond, "a number");
  if (axes !== undefined) requireGiven("axes", axes, "a number");
}

/**
 * Requires that a row's positions can be counted, which takes less than counting them.
 * @throws {VitrailError} as {@linkcode positionIds}.
 */
export function requirePositions(row: PositionRow, rope: Rope): void {
  requireRule(rope);
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
    throw new VitrailError("usage", `hunyuan_vl counts along 3 axes or more, found ${shown(axes)}`);
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
