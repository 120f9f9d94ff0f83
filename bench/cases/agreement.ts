import { planSample } from "../../src/recipes/plan_sample.ts";
import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import type { Promised } from "../peers/programs.ts";
import { MOST_TILES, type Work } from "../peers/work.ts";
import { PICTURES } from "./pictures.ts";

/** A result that a peer wrote to a file. */
export interface Result {
  shape: number[];
  /** The file of its f32 values. */
  path: string;
}

/** The comparison of a peer's result with Vitrail's. */
export interface Agreement {
  /** True where the peer did what it promised. */
  kept: boolean;
  /** The outcome for people. */
  text: string;
}

/** The most that a value of a global view may differ: builds of torch fuse its products or do not. */
const GLOBAL_ERROR = 1e-6;

/**
 * The most that values which are close may differ on average: a level of a byte is 0.015 once normalised, and
 * other pictures, or tiles in another order, differ by 0.5 and more.
 */
const MEAN_ERROR = 0.05;

/** Compares the shapes of two results, and where `promise` is not `shape` every element. */
export async function agreement(
  work: Work,
  mine: Result,
  theirs: Result,
  promise: Promised,
): Promise<Agreement> {
  const [rows, ...row] = mine.shape, [theirRows, ...theirRow] = flatRows(theirs.shape, row.length);
  if (row.join() !== theirRow.join()) {
    return { kept: false, text: `[${theirs.shape}] is not [${mine.shape}]` };
  }
  if (promise === "shape") {
    // Phi3V pads every picture to 17 rows, so more rows than Vitrail's will do.
    const kept = theirRows >= rows;
    return { kept, text: theirRows === rows ? "same shape" : `same rows, ${theirRows} of them for ${rows}` };
  }
  if (theirRows !== rows) return { kept: false, text: `[${theirs.shape}] is not [${mine.shape}]` };
  const a = await floats(mine.path), b = await floats(theirs.path);
  if (a.length !== b.length) return { kept: false, text: `${b.length} values, not ${a.length}` };
  return promise === "close" ? closeness(a, b) : differences(a, b, globalRows(work), row);
}

/** A shape whose first axes are joined into one, so that it has `rank` axes after that. */
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
  if (wrong > 0) return { kept: false, text: `${wrong} of ${a.length} values differ, by ${largest} at most` };
  const within = inexact === 0 ? "" : `, global views within ${largest.toExponential(0)}`;
  return { kept: true, text: `every bit equal${within}` };
}

/** Compares values that other filters made. */
function closeness(a: Float32Array, b: Float32Array): Agreement {
  let sum = 0, largest = 0;
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs(a[i] - b[i]);
    sum += error;
    if (error > largest) largest = error;
  }
  const mean = sum / a.length;
  const text = `values differ by ${mean.toPrecision(2)} on average, ${largest.toPrecision(2)} at most`;
  return { kept: mean <= MEAN_ERROR, text };
}

async function floats(path: string): Promise<Float32Array> {
  return new Float32Array((await Deno.readFile(path)).buffer);
}

/** The rows of a result that hold global views. */
function globalRows({ task, pictures }: Work): Set<number> {
  if (task !== "hd") return new Set();
  const sizes = pictures.map((path) => PICTURES.find(({ name }) => path.endsWith(`/${name}`))!);
  const { images } = planSample(ixc24khd({ hdNum: MOST_TILES }), sizes);
  return new Set(images.map(({ rows: [first] }) => first));
}
