import type { Rope } from "./rope_rule.ts";
import { perSecondOf } from "./per_second.ts";
import { type PositionRow, type TokenRun, tokenRuns } from "./token_runs.ts";

/**
 * Counts the positions of a row along time, height and width. Text counts up on all axes. An image's tokens
 * count its steps, lines and columns from where the text has got to; the text goes on after the longer of its
 * sides, however long a clip is.
 *
 *     text     2 lines of 3     text
 *     0 1 2    3 3 3 3 3 3      6 7     time
 *     0 1 2    3 3 3 4 4 4      6 7     height
 *     0 1 2    3 4 5 3 4 5      6 7     width
 *
 * Source: transformers `models/qwen2_vl/modeling_qwen2_vl.py`, `get_rope_index` and
 * `get_vision_position_ids`; those of qwen2_5_vl, qwen3_vl, glm4v, ernie4_5_vl_moe, glm_image.
 */
export function visionPositions(row: PositionRow, rope: Rope): Float64Array[] {
  const { length } = row.types;
  const time = new Float64Array(length), height = new Float64Array(length), width = new Float64Array(length);
  let next = 0;
  for (const { from, to, image, apart } of visionRuns(row, rope)) {
    if (image === undefined) {
      for (let i = from; i < to; i++) time[i] = height[i] = width[i] = next + i - from;
      next += to - from;
    } else {
      const { steps, rows, columns } = image.tokenGrid;
      const line = Float64Array.from({ length: columns }, (_, x) => next + x);
      let at = from;
      for (let t = 0; t < steps; t++) {
        time.fill(next + t * apart, at, at + rows * columns);
        for (let y = 0; y < rows; y++, at += columns) {
          height.fill(next + y, at, at + columns);
          width.set(line, at);
        }
      }
      next += Math.max(rows, columns);
    }
  }
  return [time, height, width];
}

/** Tokens of one kind, and how far apart the steps of a clip among them are. */
interface VisionRun extends TokenRun {
  readonly apart: number;
}

/** Returns the runs of a row; throws as {@linkcode visionPositions} does. */
export function visionRuns(row: PositionRow, rope: Rope): VisionRun[] {
  const runs = tokenRuns(row, {
    split: rope.rule === "qwen3_vl",
    fits: ({ steps, rows, columns }, length) => steps * rows * columns === length,
  });
  return runs.map((run) => {
    const apart = rope.rule === "qwen2_5_vl" && run.image?.video ? stepsApart(run, rope) : 1;
    return { ...run, apart };
  });
}

/**
 * Returns the positions from one step of a clip to the next. Whole seconds count, those of a step rounded
 * down, as in Python: at 4 frames in a second all steps have one position.
 */
function stepsApart({ image }: TokenRun, rope: Rope): number {
  return perSecondOf(rope) * Math.trunc(image!.secondsPerStep ?? 1);
}
