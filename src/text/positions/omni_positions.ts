import { perSecondOf } from "./per_second.ts";
import type { Rope } from "./rope_rule.ts";
import { type PositionRow, tokenRuns } from "./token_runs.ts";

/**
 * Counts the positions of a row of an Omni model along time, height and width. A clip's steps are placed by
 * their seconds. What follows an image goes on after the largest of its positions.
 *
 * Audio counts as text. Where a clip's own sound stands between its tokens, no positions are given.
 *
 * Qwen2.5-Omni rounds a step's position down. Qwen3-Omni does not, so that all positions after a clip may be
 * fractions; they are rounded to f32 where Python's are.
 *
 * Source: transformers `models/qwen2_5_omni/modeling_qwen2_5_omni.py` and
 * `models/qwen3_omni_moe/modeling_qwen3_omni_moe.py`, `get_rope_index` and `get_llm_pos_ids_for_vision`.
 */
export function omniPositions(row: PositionRow, rope: Rope): Float64Array[] {
  const axes = [0, 1, 2].map(() => new Float64Array(row.types.length));
  const whole = rope.rule === "qwen2_5_omni";
  const runs = tokenRuns(row, {
    fits: ({ steps, rows, columns }, length) => steps * rows * columns === length,
  });
  let next = 0;
  for (const { from, to, image } of runs) {
    let largest = next;
    if (image === undefined) {
      for (const axis of axes) for (let i = from; i < to; i++) axis[i] = Math.fround(next + (i - from));
      largest = axes[0][to - 1];
    } else {
      const { tokenGrid: { steps, rows, columns }, video, secondsPerStep = 1 } = image;
      let at = from;
      for (let t = 0; t < steps; t++) {
        const exact = video ? secondsOf(t, secondsPerStep, perSecondOf(rope)) : 0;
        const time = Math.fround(next + (whole ? Math.trunc(exact) : exact));
        for (let y = 0; y < rows; y++) {
          for (let x = 0; x < columns; x++, at++) {
            axes[0][at] = time;
            axes[1][at] = Math.fround(next + y);
            axes[2][at] = Math.fround(next + x);
          }
        }
      }
      largest = Math.max(...axes.map((axis) => axis[to - 1]));
    }
    next = Math.fround(largest + 1);
  }
  return axes;
}

/** Returns the place of a step on the axis of time, rounded to f32 after each product. */
function secondsOf(step: number, seconds: number, perSecond: number): number {
  return Math.fround(Math.fround(step * Math.fround(seconds)) * perSecond);
}
