import type { Picture } from "../../codecs/picture.ts";
import type { Range } from "../../plan/geometry.ts";
import { type Plan, withoutText } from "../../plan/plan.ts";
import type { Preprocessing } from "../../plan/preprocessing.ts";
import type { View } from "../../plan/view.ts";
import type { Rows } from "../executor.ts";
import { sourcePictures } from "../run/chunks.ts";
import type { LoadOptions } from "../run/load_chunk.ts";
import type { RowArray } from "../run/sinks.ts";
import type { SlowPicture } from "../run/slow_pictures.ts";

/** A chunk to be made, as data that another isolate can be given. */
export interface LaneWork {
  /** The chunk's part of a plan, as {@linkcode planPart} gives it. */
  plan: Plan;
  /** The pictures that its views read, by index. */
  pictures: Map<number, Picture>;
  /** The options that decide the pictures' pixels. */
  options: Omit<LoadOptions, "channels">;
}

/** A chunk's rows that were made. */
export interface LaneRows {
  /** The rows' outlines. */
  made: Pick<Rows, "output" | "row" | "shape">[];
  /** The rows' elements, in the arrays that were given for them. */
  arrays: RowArray[];
  /** The pictures that took long to decode. */
  slowest: readonly SlowPicture[];
  /** The GPU devices that the lane's executor has lost so far. */
  losses: number;
}

/** The eyes on a chunk that is made. */
export interface Watch {
  /** Called when the pictures are decoded. */
  onLoaded: () => void;
  /** Ends the work between two steps. */
  signal?: AbortSignal;
}

/** Whatever makes chunks' rows: a lane of this isolate, or one in a Worker. */
export interface ChunkMaker {
  /**
   * Makes a chunk's rows. The arrays are its own until the promise resolves, and lost where it rejects.
   * @throws {VitrailError} what decoding, running and reading throws; `device` where it cannot go on. Another
   * error where the signal is aborted.
   */
  make(work: LaneWork, arrays: RowArray[], watch: Watch): Promise<LaneRows>;
}

/**
 * Returns the part of a plan that makes some of its images, as data. Rows, views and pictures keep the
 * indices that they have in the whole plan, and those that the images do not need are left out. So are the
 * lists that outputs are returned as: rows need none, and long ones no other isolate can be given.
 */
export function planPart(plan: Plan, { from, to }: Range): Plan {
  const { samples, nested, clips } = plan;
  const images = plan.images.slice(from, to).map(withoutText);
  const pictures: Plan["pictures"] = [], views: View[] = [];
  for (const image of images) {
    for (const index of sourcePictures(plan, image)) pictures[index] = plan.pictures[index];
    for (let index = image.views[0]; index < image.views[1]; index++) views[index] = plan.views[index];
  }
  const recipe = preprocessingOf(plan.recipe);
  const outputs = Object.fromEntries(
    Object.entries(plan.outputs).map(([name, { lists: _, shapes: __, ...rows }]) => [name, rows]),
  );
  return { recipe, pictures, samples, nested, clips, views, images, outputs, integers: {}, derived: {} };
}

/** Returns a recipe without its functions, as executors need it. */
function preprocessingOf({ name, parameters, values, resampler, alpha }: Preprocessing): Preprocessing {
  return { name, parameters, values, resampler, alpha };
}
