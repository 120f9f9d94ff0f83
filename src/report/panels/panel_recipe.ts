import type { Composer } from "../../plan/composer.ts";
import { type Box, type Size, wholeOf } from "../../plan/geometry.ts";
import { picturesShown } from "../../plan/matrix.ts";
import { GLOBALS, PIXELS, type Plan, type PlannedImage } from "../../plan/plan.ts";
import type { CanvasView } from "../../plan/view.ts";
import { whole } from "../../recipes/parts/placements.ts";
import { planSample } from "../../recipes/plan_sample.ts";
import type { Composing, ProcessorRecipe, Recipe } from "../../recipes/recipe.ts";

/**
 * The layout that makes a row of every pixel. It fits any canvas, and needs no tile to be put in its place.
 */
const AS_PIXELS = "c h w -> (h w) c";

/** The longest side that a picture is drawn with beside its canvases, pixels. */
const LONGEST = 640;

/** A picture that is drawn beside its canvases, since those do not show all of it. */
export interface CutPicture {
  /** Its index among the call's. */
  readonly picture: number;
  /** The size that it is drawn with. */
  readonly size: Size;
}

/** Returns the picture of an image, where one of its canvases shows a part of it alone. */
export function cutPicture(plan: Plan, { views: [from, to] }: PlannedImage): CutPicture | undefined {
  const shown = plan.views.slice(from, to).flatMap((view, index) =>
    view.kind === "canvas" && view.target ? [picturesShown(plan.views, from + index)] : []
  );
  const pictures = new Set(shown.flat().map(({ picture }) => picture));
  if (pictures.size !== 1) return undefined;
  const [picture] = pictures, size = plan.pictures[picture];
  if (shown.flat().every(({ part }) => isWhole(part, size))) return undefined;
  const scale = Math.min(1, LONGEST / Math.max(size.width, size.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { picture, size: { width: side(size.width), height: side(size.height) } };
}

/** Tells if a part of a picture is all of it, but for what rounding left at its edges. */
export function isWhole(part: Box, size: Size): boolean {
  const all = wholeOf(size);
  return (["left", "top", "right", "bottom"] as const).every((edge) => Math.abs(part[edge] - all[edge]) < 1);
}

/**
 * Returns the index that each view of a plan has in the plan of {@linkcode panelRecipe}; and of images whose
 * picture is drawn, too, the index of that view.
 */
export function panelViews(plan: Plan): { views: Map<number, number>; pictures: Map<PlannedImage, number> } {
  const views = new Map<number, number>(), pictures = new Map<PlannedImage, number>();
  let next = 0;
  for (const image of plan.images) {
    for (let view = image.views[0]; view < image.views[1]; view++) {
      if (plan.views[view].kind !== "blank") views.set(view, next++);
    }
    if (cutPicture(plan, image)) pictures.set(image, next++);
  }
  return { views, pictures };
}

/**
 * Returns the recipe whose rows are the pixels of all canvases and global views that another recipe's rows
 * are cut from. Canvases are bytes, in `pixel_values`; global views are values, in `global_values`.
 */
export function panelRecipe(recipe: Recipe): ProcessorRecipe {
  const { name, parameters, values, resampler, alpha } = recipe;
  return {
    name,
    parameters,
    values,
    resampler,
    alpha,
    ...(recipe.kind === "processor" && { sampling: recipe.sampling }),
    kind: "processor",
    compose: (composer) => composePanels(planOf(recipe, composer), composer),
  };
}

/** Returns the plan of a call as its recipe has it: with the rows that the tensors have. */
function planOf(recipe: Recipe, { nested, samples, pictures, facts }: Composer): Plan {
  return planSample(recipe, pictures, "f32", nested ? samples : undefined, facts.clips);
}

function* composePanels(plan: Plan, composer: Composer): Composing {
  const { views } = panelViews(plan);
  for (const image of plan.images) {
    for (let index = image.views[0]; index < image.views[1]; index++) {
      const view = plan.views[index];
      if (view.kind === "canvas") composer.canvas(asPixels(view, views, composer));
      if (view.kind !== "global") continue;
      const target = composer.target(GLOBALS, view.canvas, AS_PIXELS, {}, "f32");
      composer.global({ ...view, view: views.get(view.view)!, target });
    }
    const cut = cutPicture(plan, image);
    if (cut) composer.canvas(pictureCanvas(plan, cut, composer));
    const { size, grid, main } = image;
    yield composer.image({ size, grid, main: views.get(main)! });
  }
}

/** Returns a canvas of bytes with a row for each pixel, where it is cut into rows at all. */
function asPixels(view: CanvasView, views: ReadonlyMap<number, number>, composer: Composer): CanvasView {
  const { standard: _standard, floats: _floats, target, ...rest } = view;
  const placements = view.placements.map(({ source, ...placement }) => ({
    ...placement,
    source: "view" in source ? { view: views.get(source.view)! } : source,
  }));
  return {
    ...rest,
    placements,
    ...(target && { target: composer.target(PIXELS, view.canvas, AS_PIXELS, {}, "u8") }),
  };
}

/** Returns the canvas of a picture by itself. */
function pictureCanvas(plan: Plan, { picture, size }: CutPicture, composer: Composer): CanvasView {
  return {
    kind: "canvas",
    canvas: size,
    fill: [0, 0, 0],
    marks: [],
    placements: [whole({ picture }, plan.pictures[picture], size, "bilinear")],
    target: composer.target(PIXELS, size, AS_PIXELS, {}, "u8"),
  };
}
