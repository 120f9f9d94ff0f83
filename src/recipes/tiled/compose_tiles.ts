import { VitrailError } from "../../errors.ts";
import { outputShapeOf } from "../../layout/layout.ts";
import { parsePattern } from "../../layout/pattern.ts";
import type { Composer } from "../../plan/composer.ts";
import { isOfTiles, type Size, sizeText, wholeOf } from "../../plan/geometry.ts";
import { BySize } from "../../plan/images/by_size.ts";
import { GLOBALS, PIXELS } from "../../plan/plan.ts";
import type { PixelSource, Placement } from "../../plan/view.ts";
import { STEP } from "../../runtime/in_steps.ts";
import { readerOf } from "../../runtime/long_list.ts";
import { type Fit, fitInto, hdFit, stripFit } from "./fit.ts";
import { frameSheet } from "./frame_sheet.ts";
import type { TiledRecipe } from "./tiled_recipe.ts";
import { tiledTokens } from "./tiled_tokens.ts";
import type { Composing } from "../recipe.ts";

/** Composes a tiled recipe's call: each picture's or clip's global view, then its canvas. */
export function* composeTiles(recipe: TiledRecipe, composer: Composer): Composing {
  const { pictures, samples } = composer, layer = new Layer(recipe, composer), { geometry } = recipe;
  const alone = {}, together = {}, pictureAt = readerOf(pictures), countAt = readerOf(samples);
  const isShared = geometry.kind === "hd" && typeof geometry.uniform === "string";
  let first = 0;
  for (let sample = 0; sample < samples.length; sample++) {
    const count = countAt(sample), end = first + count;
    if (count === 0) {
      if (sample % STEP === STEP - 1) yield;
    } else if (geometry.kind === "strip" && geometry.frame !== undefined) {
      const sheet = frameSheet(recipe, pictures.slice(first, end), geometry.frame, first);
      const laid = layer.laid(sheet.canvas, stripFit(sheet.canvas, recipe));
      yield layer.add({ view: composer.canvas(sheet) }, laid);
    } else {
      const fitOf = yield* fitOfSample(recipe, count, (index) => pictureAt(first + index));
      const group = count === 1 ? alone : isShared ? {} : together;
      for (let picture = first; picture < end; picture++) {
        const size = pictureAt(picture);
        yield composer.alike(picture, group, () => layer.add({ picture }, layer.laid(size, fitOf(size))));
      }
    }
    first = end;
  }
}

/** Returns what fits the pictures of one sample, of which there are `count`. */
function* fitOfSample(
  recipe: TiledRecipe,
  count: number,
  pictureAt: (index: number) => Size,
): Composing<(size: Size) => Fit> {
  const geometry = recipe.geometry, several = count > 1;
  switch (geometry.kind) {
    case "fixed":
      return (size) => fitInto(size, geometry.size, recipe, geometry.fit);
    case "strip":
      return (size) => stripFit(size, recipe);
    case "hd": {
      const { uniform, fit = "contain" } = geometry;
      if (typeof uniform === "object") return (size) => fitInto(size, uniform, recipe, fit);
      const fitted = (size: Size) => hdFit(size, geometry, recipe, several);
      if (uniform === undefined) return fitted;
      const canvases = new BySize<Size>();
      let shared = fitted(pictureAt(0)).canvas;
      for (let index = 1; index < (uniform === "first" ? 1 : count); index++) {
        const size = pictureAt(index), canvas = canvases.of(size, () => fitted(size).canvas);
        if (canvas.width * canvas.height > shared.width * shared.height) shared = canvas;
        if (index % STEP === STEP - 1) yield;
      }
      return (size) => fitInto(size, shared, recipe, fit);
    }
  }
}

/** The parts of an image that its size and its fit decide. */
interface Laid {
  size: Size;
  canvas: Size;
  placement: Omit<Placement, "source">;
  grid: [number, number];
  tokens: number | undefined;
  /** The output of its global view; undefined where there is none. */
  globals: string | undefined;
}

/** Lays pictures and sheets on canvases, and appends their views. */
class Layer {
  readonly #sizes: Record<string, number>;

  constructor(readonly recipe: TiledRecipe, readonly composer: Composer) {
    this.#sizes = sizesFor(recipe);
  }

  /** Appends an image's views: its global view, where the recipe has them, and its canvas. */
  add(source: PixelSource, { size, canvas, placement, grid, tokens, globals }: Laid): void {
    const { recipe, composer } = this;
    if (globals !== undefined) this.#addGlobalView(globals);
    const main = composer.canvas({
      canvas,
      fill: recipe.fill,
      placements: [{ ...placement, source }],
      target: composer.target(PIXELS, canvas, recipe.layout, this.#sizes),
    });
    composer.image({ size, main, grid, tokens });
  }

  /**
   * Returns the parts of an image of a size that is fitted so.
   * @throws {VitrailError} `recipe` for a canvas whose global view would need scales that are not whole.
   */
  laid(size: Size, { content, canvas, offset, transposed }: Fit): Laid {
    const { recipe } = this, { tile, filter } = recipe;
    if (recipe.globalView) requireWholeTiles(recipe, canvas);
    const order = transposed ? "vertical-first" : "horizontal-first";
    const grid: [number, number] = [
      Math.floor(canvas.height / tile.height),
      Math.floor(canvas.width / tile.width),
    ];
    return {
      size,
      canvas,
      placement: { crop: wholeOf(size), content, offset, filter, order },
      grid,
      tokens: tiledTokens(recipe, grid),
      globals: recipe.globalView ? this.#globalOutput(canvas) : undefined,
    };
  }

  /** Appends the global view of the canvas that is composed next. It has floats even in a call for bytes. */
  #addGlobalView(output: string): void {
    const { composer, recipe: { tile } } = this;
    const dtype = composer.dtype === "u8" ? "f32" : composer.dtype;
    const target = composer.target(output, tile, "c p q -> 1 c p q", undefined, dtype);
    composer.global({ view: composer.nextView + 1, canvas: tile, target });
  }

  /** The output of global views: `pixel_values` where its rows have their shape and hold floats. */
  #globalOutput(canvas: Size): string {
    const { tile, layout } = this.recipe;
    const [, ...row] = outputShapeOf(parsePattern(layout), [3, canvas.height, canvas.width], this.#sizes);
    const hasTheirShape = row.join() === [3, tile.height, tile.width].join();
    return this.composer.dtype !== "u8" && hasTheirShape ? PIXELS : GLOBALS;
  }
}

/** @throws {VitrailError} `recipe` for a canvas whose global view would need scales that are not whole. */
function requireWholeTiles({ name, tile }: TiledRecipe, canvas: Size): void {
  if (isOfTiles(canvas, tile)) return;
  const [tileText, canvasText] = [sizeText(tile), sizeText(canvas)];
  throw new VitrailError(
    "recipe",
    `${name} has a global view, whose canvas is of whole tiles of ${tileText}; this one is ${canvasText}`,
  );
}

/** A tile's sizes, as far as the layout names them. */
function sizesFor({ layout, tile }: TiledRecipe): Record<string, number> {
  const axes = new Set(layout.match(/[A-Za-z_]\w*/g));
  const sizes = Object.entries({ p: tile.height, q: tile.width });
  return Object.fromEntries(sizes.filter(([axis]) => axes.has(axis)));
}
