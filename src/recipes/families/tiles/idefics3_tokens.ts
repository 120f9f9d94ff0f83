import type { Composer } from "../../../plan/composer.ts";
import type { ImageText } from "../../../plan/image_text.ts";
import { flatMapInSteps, mapInSteps } from "../../../runtime/in_steps.ts";
import type { Composing } from "../../recipe.ts";

const MARK = "<fake_token_around_image>";

/**
 * Returns the text that stands for a picture's frames: its tiles by row and column, a line a row, then all of
 * it. A picture of one frame has that alone.
 * Source: transformers `models/idefics3/processing_idefics3.py`, `get_image_prompt_string`.
 */
export function splitExpansion([rows, columns]: readonly [number, number], each: number): ImageText {
  const token = "<image>", image = [token, each] as const;
  const all = [`${MARK}<global-img>`, image, MARK];
  if (rows * columns === 1) return { tokens: each, parts: all, token, typed: "whole" };
  const lines = Array.from({ length: rows }, (_, row) => {
    const tiles = Array.from({ length: columns }, (_, column) => {
      return [`${MARK}<row_${row + 1}_col_${column + 1}>`, image];
    });
    return [...tiles.flat(), "\n"];
  });
  const tokens = (rows * columns + 1) * each;
  return { tokens, parts: [...lines.flat(), "\n", ...all], token, typed: "whole" };
}

/** Adds `rows` and `cols`: each sample's grids as lists, with zeros for a picture that is one frame. */
export function* rowsAndColumns(
  composer: Composer,
  samples: readonly (readonly number[])[],
  grids: readonly (readonly [number, number])[],
): Composing {
  const pictures = yield* flatMapInSteps(samples, (own) => own);
  const lists = yield* mapInSteps(samples, (own) => own.length);
  for (const [axis, name] of ["rows", "cols"].entries()) {
    const values = yield* mapInSteps(pictures, (picture) => {
      const [rows, columns] = grids[picture];
      return rows * columns === 1 ? 0 : grids[picture][axis];
    });
    composer.integers(name, { dtype: "i64", shape: [pictures.length], values, lists });
  }
}
