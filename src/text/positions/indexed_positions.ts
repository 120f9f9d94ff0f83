import { type PositionRow, tokenRuns } from "./token_runs.ts";

/**
 * Counts the positions of a row of HunYuanVL, whose last three axes are width, height and number. All tokens
 * count up on all axes. A picture's have their column, their line and the picture's number instead. Each line
 * ends in one token more than the grid has. The marks around a picture may count as its tokens.
 *
 * Source: transformers `models/hunyuan_vl/modeling_hunyuan_vl.py`, `get_rope_index`.
 *
 * @param count how many axes there are
 * @param before how many pictures the rows before this one have
 */
export function indexedPositions(row: PositionRow, count: number, before: number): Float64Array[] {
  const counted = new Float64Array(row.types.length);
  for (let i = 0; i < counted.length; i++) counted[i] = i;
  const axes = Array.from({ length: count }, () => counted.slice());
  const [width, height, number] = axes.slice(-3);
  const runs = tokenRuns(row, {
    fits: ({ rows, columns }, length) => [0, 2].includes(length - rows * (columns + 1)),
  });
  let picture = before;
  for (const { from, to, image } of runs) {
    if (image === undefined) continue;
    const { rows, columns } = image.tokenGrid;
    const marks = (to - from - rows * (columns + 1)) / 2;
    let at = from + marks;
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x <= columns; x++, at++) {
        width[at] = x;
        height[at] = y;
        number[at] = picture;
      }
    }
    picture++;
  }
  return axes;
}
