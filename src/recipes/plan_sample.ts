import { requireChoice, shown, VitrailError } from "../errors.ts";
import { isObject, requireGiven } from "../given/given_value.ts";
import { Composer } from "../plan/composer.ts";
import type { ClipFrames } from "../plan/clip_frames.ts";
import { type Dtype, DTYPES } from "../plan/dtype.ts";
import type { Size } from "../plan/geometry.ts";
import type { Plan } from "../plan/plan.ts";
import { copiedLists } from "./call/call_lists.ts";
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
  if (clips !== undefined) requireGiven("clips", clips, "a list", "[{ indices, fps }]");
  requireChoice("dtype", dtype, DTYPES);
  const copying = copiedLists({ pictures, samples, clips }, takesClips(recipe));
  let finish: BegunPlan["finish"];
  function* composing(): Composing {
    const own = yield* copying; // the caller may change the lists between two steps
    const facts = { clips: own.clips, wayOut: wayOutOf(recipe), resampler: recipe.resampler };
    const counts = own.samples ?? [own.pictures.length];
    const composer = new Composer(own.pictures, counts, dtype, samples !== undefined, facts);
    yield* composed(recipe, composer);
    finish = () => composer.finish(recipe, own.pictures as Size[]);
  }
  return { composing: composing(), finish: () => finish() };
}

/** Returns the composing of a call, in steps. */
function composed(recipe: Recipe, composer: Composer): Composing {
  const composing = recipe.kind === "tiles" ? composeTiles(recipe, composer) : recipe.compose(composer);
  if (typeof composing?.next === "function") return composing;
  throw new VitrailError(
    "recipe",
    `the recipe ${recipe.name} composes without yielding; write *compose(composer) and yield ` +
      `composer.image(…)`,
  );
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
