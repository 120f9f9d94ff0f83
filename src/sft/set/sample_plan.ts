import { VitrailError } from "../../errors.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { ClipFrames } from "../../plan/clip_frames.ts";
import type { DerivedOutput } from "../../plan/derived.ts";
import { imageWith } from "../../plan/images/placeholder.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";
import { planSample } from "../../recipes/plan_sample.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import type { Decide } from "../data/decisions.ts";
import type { PictureFile } from "../data/picture_files.ts";
import type { ClipTimes, Sample } from "../data/sample.ts";
import { outputsOf, type SampleOutput } from "../shards/sample_outputs.ts";
import { joinsFrames, type Unit, unitsOf } from "./unit.ts";

/** The recipes of a set. */
export interface SetRecipes {
  /** The recipe of its pictures; absent where it takes clips alone. */
  readonly pictures?: Recipe;
  /** The recipe of its clips; absent where it takes pictures alone. */
  readonly clips?: Recipe;
  /** Frames a second of clips that do not say theirs, whose frames are all taken; absent: not known. */
  readonly fps?: number;
  /** The reason why a model has none for clips, where it was looked for. */
  readonly whyNoClips?: string;
}

/** The element type that a set is asked for: `auto` is `u8` where that loses nothing, and `f32` elsewhere. */
export type AskedDtype = Dtype | "auto";

/** All that decides how samples' pixels are planned. */
export interface PixelPlanning {
  /** The recipes of the pixels. */
  readonly recipes: SetRecipes;
  /** The element type of the pixels that is asked for. */
  readonly dtype: AskedDtype;
  /** Decides what waits for pixels in a sample's plan; absent: a recipe of such plans is refused. */
  readonly decide?: Decide;
}

/** A sample's pictures and clips as planned, in the conversation's order, and its outputs by name. */
export interface SamplePlan {
  /** The units, an image each. */
  readonly units: readonly Unit[];
  /** The images, clips with `video: true`. */
  readonly images: readonly PlannedImage[];
  /** The outputs that the recipes' processors give for this sample. */
  readonly outputs: Readonly<Record<string, SampleOutput>>;
}

/**
 * Plans a sample's pictures as one call of a processor, and its clips as another. SmolVLM's processor has one
 * output for both, and gives a sample's pictures or its clips: a sample of both is refused.
 * Source: transformers `models/smolvlm/processing_smolvlm.py`, `SmolVLMProcessor.__call__`.
 *
 * A recipe of tiles makes no global views for bytes: they are floats, and at 4 bytes a value they would weigh
 * as much as four tiles. They can be computed from the canvas that the tiles are.
 *
 * @param files the sample's pictures and clips' frames, in order
 * @param signal ends the decoding of pictures whose pixels the plan waits for
 * @throws {VitrailError} `dataset` for pictures or clips that no recipe takes; what `planSample` throws, and
 * what `decide` does.
 */
export async function planOfSample(
  { recipes, dtype, decide }: PixelPlanning,
  sample: Sample,
  files: readonly PictureFile[],
  signal?: AbortSignal,
): Promise<SamplePlan> {
  const { pictures, clips } = mediaOf(recipes, sample);
  const bytes = dtype === "u8" || dtype === "auto", type = bytes ? "f32" : dtype;
  const found: { first: number; unit: Unit; image: PlannedImage }[] = [];
  const outputs: Record<string, SampleOutput> = {};
  const add = async (indices: readonly number[], recipe: Recipe, counts?: readonly number[]) => {
    if (indices.length === 0) return;
    const own = indices.map((index) => files[index]), video = counts !== undefined;
    const chosen = counts?.map((count, clip) => chosenFrames(count, sample.clipTimes?.[clip], recipes.fps));
    const stored = bytes ? withoutGlobalViews(recipe) : recipe;
    const sizes = own.map(({ size }) => size);
    const planned = (type: Dtype) => planSample(stored, sizes, type, counts, chosen);
    const derives = recipe.kind === "processor" && recipe.derives;
    let plan = planned(derives ? "f32" : type);
    if (decide && Object.keys(plan.derived).length > 0) {
      plan = ofType(await decide(plan, own, signal), type, Object.values(plan.derived));
    } else if (derives && type !== "f32") plan = planned(type);
    const units = unitsOf(plan, own);
    for (const unit of units) {
      const { image } = unit, first = Math.min(...unit.pictures.map((index) => indices[index]));
      found.push({ first, unit, image: video ? imageWith(image, { video }) : image });
    }
    for (const [name, output] of Object.entries(outputsOf(plan, units))) {
      if (name in outputs) {
        throw new VitrailError(
          "dataset",
          `it has pictures and clips, and ${recipes.pictures!.name} has one output for both, ${name}: ` +
            `transformers' processor leaves the clips out then; give them in samples of their own`,
        );
      }
      outputs[name] = output;
    }
  };
  await add(pictures, recipes.pictures!);
  await add(clips.flat(), recipes.clips!, clips.map(({ length }) => length));
  found.sort((a, b) => a.first - b.first);
  return { units: found.map(({ unit }) => unit), images: found.map(({ image }) => image), outputs };
}

/**
 * Returns the frames of a clip, all of them, where they stand in the film that they are taken from: between
 * two frames of its rate, too.
 */
function chosenFrames(
  count: number,
  times: ClipTimes | null | undefined,
  rate: number | undefined,
): ClipFrames {
  const { fps = rate, start = 0 } = times ?? {};
  if (fps === undefined && start > 0) {
    throw new VitrailError(
      "dataset",
      `it has a clip of ${count} frames whose video_start is ${start}, and no rate says what comes after: ` +
        "give its fps beside it, or --fps for all clips",
    );
  }
  const place = start * (fps ?? 0), whole = Math.round(place);
  const first = Math.abs(place - whole) < 1e-9 ? whole : place; // a product such as 11.000000000000002
  const indices = Array.from({ length: count }, (_, index) => first + index);
  return { indices, frames: count, ...(fps !== undefined && { fps }) };
}

/** Returns a plan that gives the outputs by which it was decided as another element type. */
function ofType(plan: Plan<Recipe>, dtype: Dtype, decidedBy: readonly DerivedOutput[]): Plan<Recipe> {
  const outputs = { ...plan.outputs };
  for (const { of } of decidedBy) outputs[of] = { ...outputs[of], dtype };
  return { ...plan, outputs };
}

const WITHOUT_GLOBAL_VIEWS = new WeakMap<Recipe, Recipe>();

/** Returns a recipe of tiles without global views, the same one each time, and others as they are. */
function withoutGlobalViews(recipe: Recipe): Recipe {
  if (recipe.kind !== "tiles" || !recipe.globalView) return recipe;
  const known = WITHOUT_GLOBAL_VIEWS.get(recipe) ?? { ...recipe, globalView: false };
  WITHOUT_GLOBAL_VIEWS.set(recipe, known);
  return known;
}

/** Returns the places of a sample's pictures among its files, and those of each clip's frames. */
function mediaOf(recipes: SetRecipes, { clips: ranges = [], images }: Sample) {
  const places = [...images.keys()], clips = ranges.map(([from, to]) => places.slice(from, to));
  const frames = new Set(clips.flat()), pictures = places.filter((place) => !frames.has(place));
  const counts = clips.map(({ length }) => length).join(" and ");
  const frameCounts = counts === "1" ? "1 frame" : `${counts} frames`;
  if (clips.length > 0 && recipes.clips === undefined) {
    const { pictures: recipe } = recipes;
    if (!recipe || !joinsFrames(recipe)) {
      throw new VitrailError(
        "dataset",
        `it has a clip of ${frameCounts}, and ${recipe?.name} takes pictures; ` +
          (recipes.whyNoClips ?? `ixc25-video takes clips, and so do models that have a config for them`),
      );
    }
    if (clips.length === 1 && pictures.length === 0) return { pictures: places, clips: [] };
    throw new VitrailError(
      "dataset",
      `it has ${images.length} pictures, of them clips of ${frameCounts}; the recipe ${recipe.name} ` +
        `takes one clip and nothing else`,
    );
  }
  if (pictures.length > 0 && recipes.pictures === undefined) {
    const count = pictures.length === 1 ? "a picture" : `${pictures.length} pictures`;
    throw new VitrailError("dataset", `it has ${count}, and the recipe ${recipes.clips?.name} takes clips`);
  }
  return { pictures, clips };
}
