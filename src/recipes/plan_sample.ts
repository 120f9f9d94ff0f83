import { requireChoice, shown, VitrailError } from "../errors.ts";
import { isObject, requireGiven, requireObjects } from "../given/given_value.ts";
import { Composer } from "../plan/composer.ts";
import type { ClipFrames } from "../plan/clip_frames.ts";
import { BySize } from "../plan/images/by_size.ts";
import { type Dtype, DTYPES } from "../plan/dtype.ts";
import { type Size, sizeText } from "../plan/geometry.ts";
import type { Plan } from "../plan/plan.ts";
import { eachInSteps } from "../runtime/in_steps.ts";
import { type Composing, type Recipe, takesClips } from "./recipe.ts";
import { composeTiles } from "./tiled/compose_tiles.ts";
import { TILES } from "./tiled/tiled_recipe.ts";

/**
 * Plans one call from the sizes of its upright pictures. It reads no pixel and opens no device.
 * @param samples how many of the pictures each sample has, which may be none, but for a clip; absent for a
 * flat list, which is one sample
 * @param clips the origin of each sample's frames, as `sampleFrames` gives it; absent: clips are taken to be
 * whole
 * @throws {VitrailError} `shape` for a picture that the recipe cannot take. `recipe` for a recipe that lacks
 * a part. `usage` for a call without pictures, and for samples that do not add up to all pictures.
 */
export function planSample(
  recipe: Recipe,
  pictures: readonly Size[],
  dtype: Dtype = "f32",
  samples?: readonly number[],
  clips?: readonly ClipFrames[],
): Plan<Recipe> {
  const { composing, finish } = planBegun(recipe, pictures, dtype, samples, clips);
  while (!composing.next().done);
  return finish();
}

/** A plan that is being made. */
interface BegunPlan {
  /** Checks the call and composes its images, in steps of a few ms. */
  readonly composing: Composing;
  /** Returns the plan, once all images are composed. */
  readonly finish: () => Plan<Recipe>;
}

/**
 * Begins a plan, as {@linkcode planSample} makes it.
 * @throws {VitrailError} what `planSample` throws, and so do the steps.
 */
export function planBegun(
  recipe: Recipe,
  pictures: readonly Size[],
  dtype: Dtype,
  samples?: readonly number[],
  clips?: readonly ClipFrames[],
): BegunPlan {
  requireRecipe(recipe);
  requireGiven("pictures", pictures, "a list", "[{ width, height }]");
  if (samples !== undefined) requireGiven("samples", samples, "a list", "[1, 2]");
  if (clips !== undefined) requireObjects("clips", clips, "{ indices, fps }");
  // The caller may change the lists between two steps.
  const sizes = pictures.slice(), counts = samples?.slice() ?? [sizes.length], origins = clips?.slice();
  const facts = { clips: origins, wayOut: wayOutOf(recipe), resampler: recipe.resampler };
  const composer = new Composer(sizes, counts, dtype, samples !== undefined, facts);
  const composing = recipe.kind === "tiles" ? composeTiles(recipe, composer) : recipe.compose(composer);
  if (typeof composing?.next !== "function") {
    throw new VitrailError(
      "recipe",
      `the recipe ${recipe.name} composes without yielding; write *compose(composer) and yield ` +
        `composer.image(…)`,
    );
  }
  function* checkedFirst(): Composing {
    yield* copyPictures(sizes, takesClips(recipe));
    requireChoice("dtype", dtype, DTYPES);
    if (samples !== undefined) yield* requireCounts(counts, sizes.length, takesClips(recipe) ? 1 : 0);
    if (origins !== undefined) copyClips(origins, counts);
    yield* composing;
  }
  return { composing: checkedFirst(), finish: () => composer.finish(recipe, sizes) };
}

/** Tells what makes rows of one shape of pictures of several sizes. */
function wayOutOf(recipe: Recipe): string {
  const { parameters } = recipe;
  if (recipe.kind === "tiles") {
    const uniform = recipe.geometry.kind === "hd" && !("maxTiles" in parameters) ? " or uniform=first" : "";
    return `pictures of different sizes need tiles ("${TILES}")${uniform}`;
  }
  const off = ["do_resize", "do_center_crop", "do_pad"].filter((field) => parameters[field] === false);
  const because = off.length === 0 ? "" : ` (${off.join(" and ")} ${off.length > 1 ? "are" : "is"} false)`;
  return `pictures of a call become one tensor, and their sizes one${because}; give each a call of its own`;
}

/**
 * Requires a recipe.
 * @throws {VitrailError} `usage` for what is no recipe, such as a recipe's name. `recipe` for one that was
 * kept as JSON since Vitrail 0.1.0, whose parts have other names: it would be run with the defaults in their
 * place.
 */
export function requireRecipe(recipe: Recipe): void {
  if (!isObject(recipe) || !isWhole(recipe)) {
    throw new VitrailError(
      "usage",
      `a recipe is what recipe("ixc25"), ixc25() or recipeFromConfig(json) gives, found ${shown(recipe)}`,
    );
  }
  if (recipe.values?.rounding !== undefined) return;
  throw new VitrailError(
    "recipe",
    `the recipe ${recipe.name} has no values.rounding, which Vitrail 0.1.0 called values.arithmetic; ` +
      `make it again`,
  );
}

/** Tells if a recipe has the parts by which its kind composes a plan. */
function isWhole(recipe: Recipe): boolean {
  if (recipe.kind === "processor") return typeof recipe.compose === "function";
  if (recipe.kind !== "tiles") return false;
  return isObject(recipe.geometry) && isObject(recipe.tile) && typeof recipe.layout === "string";
}

/**
 * Puts copies in place of a call's pictures. Those of one size share one, which cannot be changed.
 * @throws {VitrailError} `usage` where there is no picture, or one of a size that no picture has.
 */
function* copyPictures(pictures: Size[], clips: boolean): Composing {
  if (pictures.length === 0) {
    const least = clips ? "a clip needs at least one frame" : "a sample needs at least one picture";
    throw new VitrailError("usage", `${least}, found none`);
  }
  const known = new BySize<Size>();
  yield* eachInSteps(pictures, (size, index) => {
    const copy = { width: size?.width, height: size?.height };
    if (isSide(copy.width) && isSide(copy.height)) {
      pictures[index] = known.of(copy, () => Object.freeze(copy));
      return;
    }
    throw new VitrailError(
      "usage",
      `a picture has whole sides from 1 up; picture ${index + 1} is ${
        isObject(size) ? sizeText(size) : shown(size)
      }`,
    );
  });
}

function isSide(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

/**
 * Requires that each sample has `least` pictures, and all together have `pictures`.
 * @throws {VitrailError} `usage` otherwise.
 */
function* requireCounts(samples: readonly number[], pictures: number, least: number): Composing {
  let sum = 0;
  yield* eachInSteps(samples, (count) => {
    sum += Number.isSafeInteger(count) && count >= least ? count : NaN;
  });
  if (sum === pictures) return;
  const found = shown(samples);
  throw new VitrailError(
    "usage",
    `samples says how many of the ${pictures} pictures each sample has, from ${least} up; found ${found}`,
  );
}

/**
 * Puts copies in place of a call's clips.
 * @throws {VitrailError} `usage` unless there is a clip for each sample, with an index for each frame.
 */
function copyClips(clips: ClipFrames[], samples: readonly number[]): void {
  const found = clips.map((given, clip) => {
    requireGiven(`clips[${clip}].indices`, given.indices, "a list", "[0, 8, 16]");
    clips[clip] = { ...given, indices: [...given.indices] };
    return given.indices.length;
  });
  if (found.length === samples.length && found.every((count, i) => count === samples[i])) return;
  throw new VitrailError(
    "usage",
    `clips says which frame each picture is: indices of ${samples.join(", ")} frames, found ${
      found.join(", ")
    }`,
  );
}
