import { VitrailError } from "../../errors.ts";
import { outputShapeOf } from "../../layout/layout.ts";
import { parsePattern } from "../../layout/pattern.ts";
import type { Composer } from "../../plan/composer.ts";
import { isOfTiles, type Size, sizeText, wholeOf } from "../../plan/geometry.ts";
import { GLOBALS, PIXELS } from "../../plan/plan.ts";
import type { PixelSource, Placement } from "../../plan/view.ts";
import { type Fit, fitInto, hdFit, stripFit } from "./fit.ts";
import { frameSheet } from "./frame_sheet.ts";
import type { TiledRecipe } from "./tiled_recipe.ts";
import { tiledTokens } from "./tiled_tokens.ts";
import type { Composing } from "../recipe.ts";

/** Composes a tiled recipe's call: each picture's or clip's global view, then its canvas. */
export function* composeTiles(recipe: TiledRecipe, composer: Composer): Composing {
  const { pictures, samples } = composer, layer = new Layer(recipe, composer), { geometry } = recipe;
  const alone = {}, together = {};
  const isShared = geometry.kind === "hd" && typeof geometry.uniform === "string";
  let first = 0;
  for (const count of samples.filter((count) => count > 0)) {
    const own = count === pictures.length ? pictures : pictures.slice(first, first + count);
    if (geometry.kind === "strip" && geometry.frame !== undefined) {
      const sheet = frameSheet(recipe, own, geometry.frame, first);
      const laid = layer.laid(sheet.canvas, stripFit(sheet.canvas, recipe));
      yield layer.add({ view: composer.canvas(sheet) }, laid);
    } else {
      const fitOf = fitOfSample(recipe, own);
      const group = count === 1 ? alone : isShared ? {} : together;
      for (const [index, size] of own.entries()) {
        const source = { picture: first + index };
        yield composer.alike(source.picture, group, () => layer.add(source, layer.laid(size, fitOf(size))));
      }
    }
    first += count;
  }
}

/** Returns what fits the pictures of one sample. */
function fitOfSample(recipe: TiledRecipe, pictures: readonly Size[]): (size: Size) => Fit {
  const geometry = recipe.geometry, several = pictures.length > 1;
  switch (geometry.kind) {
    case "fixed":
      return (size) => fitInto(size, geometry.size, recipe, geometry.fit);
    case "strip":
      return (size) => stripFit(size, recipe);
    case "hd": {
      const { uniform, fit = "contain" } = geometry;
      if (typeof uniform === "object") return (size) => fitInto(size, uniform, recipe, fit);
      if (uniform === undefined) return (size) => hdFit(size, geometry, recipe, several);
      const own = (uniform === "first" ? pictures.slice(0, 1) : pictures)
        .map((size) => hdFit(size, geometry, recipe, several).canvas);
      const shared = own.reduce((a, b) => b.width * b.height > a.width * a.height ? b : a);
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
