import { planSample } from "../../src/recipes/plan_sample.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { PICTURES } from "./pictures.ts";
import { MOST_TILES, type Work } from "./work.ts";

/** A result as a peer wrote it. */
export interface Result {
  shape: number[];
  path: string;
}

/** How a peer's result agrees with Vitrail's. */
export interface Agreement {
  /** Whether it did what it promised. */
  kept: boolean;
  text: string;
}

/** Rows that are global views, which builds of torch and WGSL compute with or without fused products. */
const GLOBAL_ERROR = 1e-6;

/** Compares shapes, and where `promise` is bytes every element. */
export async function agreement(
  work: Work,
  mine: Result,
  theirs: Result,
  promise: "bytes" | "shape",
): Promise<Agreement> {
  const [rows, ...row] = mine.shape, [theirRows, ...theirRow] = flatRows(theirs.shape, row.length);
  if (row.join() !== theirRow.join()) {
    return { kept: false, text: `[${theirs.shape}] is not [${mine.shape}]` };
  }
  if (promise === "shape") {
    // Phi3V pads every picture to 17 rows.
    const kept = theirRows >= rows;
    return { kept, text: theirRows === rows ? "same shape" : `same rows, ${theirRows} of them for ${rows}` };
  }
  if (theirRows !== rows) return { kept: false, text: `[${theirs.shape}] is not [${mine.shape}]` };
  return differences(await floats(mine.path), await floats(theirs.path), globalRows(work), row);
}

function flatRows(shape: number[], rank: number): number[] {
  const split = shape.length - rank;
  return [shape.slice(0, split).reduce((a, b) => a * b, 1), ...shape.slice(split)];
}

function differences(a: Float32Array, b: Float32Array, globals: Set<number>, row: number[]): Agreement {
  const stride = row.reduce((x, y) => x * y, 1);
  let wrong = 0, inexact = 0, largest = 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    const error = Math.abs(a[i] - b[i]);
    if (globals.has(Math.floor(i / stride)) && error <= GLOBAL_ERROR) inexact++;
    else wrong++;
    largest = Math.max(largest, error);
  }
  if (a.length !== b.length) return { kept: false, text: `${b.length} values, not ${a.length}` };
  if (wrong > 0) return { kept: false, text: `${wrong} of ${a.length} values differ, by ${largest} at most` };
  return {
    kept: true,
    text: inexact === 0
      ? "every bit equal"
      : `every bit equal, global views within ${largest.toExponential(0)}`,
  };
}

async function floats(path: string): Promise<Float32Array> {
  return new Float32Array((await Deno.readFile(path)).buffer);
}

/** The rows of a work's result that hold global views. */
function globalRows({ task, pictures }: Work): Set<number> {
  if (task !== "hd") return new Set();
  const sizes = pictures.map((path) => PICTURES.find(({ name }) => path.endsWith(`/${name}`))!);
  const { images } = planSample(ixc24khd({ hdNum: MOST_TILES }), sizes);
  return new Set(images.map(({ rows: [first] }) => first));
}
