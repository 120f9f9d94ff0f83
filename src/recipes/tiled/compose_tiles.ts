import { VitrailError } from "../../errors.ts";
import { outputShapeOf } from "../../layout/layout.ts";
import { parsePattern } from "../../layout/pattern.ts";
import type { Composer } from "../../plan/composer.ts";
import { isOfTiles, type Size, sizeText, wholeOf } from "../../plan/geometry.ts";
import { GLOBALS, PIXELS } from "../../plan/plan.ts";
import type { PixelSource } from "../../plan/view.ts";
import { type Fit, fitInto, hdFit, stripFit } from "./fit.ts";
import { frameSheet } from "./frame_sheet.ts";
import type { TiledRecipe } from "./tiled_recipe.ts";
import { tiledTokens } from "./tiled_tokens.ts";

/** Composes a tiled recipe's call: each picture's or clip's global view, then its canvas. */
export function composeTiles(recipe: TiledRecipe, composer: Composer): void {
  const { pictures, samples } = composer, sizes = sizesFor(recipe);
  let first = 0;
  for (const count of samples.filter((count) => count > 0)) {
    const own = pictures.slice(first, first + count);
    if (recipe.geometry.kind === "strip" && recipe.geometry.frame !== undefined) {
      const sheet = frameSheet(recipe, own, recipe.geometry.frame, first);
      const fit = stripFit(sheet.canvas, recipe);
      addImage(recipe, composer, { view: composer.canvas(sheet) }, { size: sheet.canvas, fit, sizes });
    } else {
      const fits = fitsOf(recipe, own);
      for (const [index, size] of own.entries()) {
        addImage(recipe, composer, { picture: first + index }, { size, fit: fits[index], sizes });
      }
    }
    first += count;
  }
}

/** The fits of one sample's pictures. */
function fitsOf(recipe: TiledRecipe, pictures: readonly Size[]): Fit[] {
  const geometry = recipe.geometry;
  const several = pictures.length > 1;
  switch (geometry.kind) {
    case "fixed":
      return pictures.map((size) => fitInto(size, geometry.size, recipe, geometry.fit));
    case "strip":
      return pictures.map((size) => stripFit(size, recipe));
    case "hd": {
      const { uniform, fit = "contain" } = geometry;
      if (typeof uniform === "object") return pictures.map((size) => fitInto(size, uniform, recipe, fit));
      if (uniform === undefined) return pictures.map((size) => hdFit(size, geometry, recipe, several));
      const own = (uniform === "first" ? pictures.slice(0, 1) : pictures)
        .map((size) => hdFit(size, geometry, recipe, several).canvas);
      const shared = own.reduce((a, b) => b.width * b.height > a.width * a.height ? b : a);
      return pictures.map((size) => fitInto(size, shared, recipe, fit));
    }
  }
}

/** A picture, or a sheet, that is laid on a canvas, and the sizes of the layout's axes that a tile gives. */
interface Fitted {
  size: Size;
  fit: Fit;
  sizes: Record<string, number>;
}

function addImage(
  recipe: TiledRecipe,
  composer: Composer,
  source: PixelSource,
  { size, fit, sizes }: Fitted,
): void {
  const { content, canvas, offset } = fit;
  if (recipe.globalView) addGlobalView(recipe, composer, canvas, sizes);
  const order = fit.transposed ? "vertical-first" : "horizontal-first";
  const main = composer.canvas({
    canvas,
    fill: recipe.fill,
    placements: [{ source, crop: wholeOf(size), content, offset, filter: recipe.filter, order }],
    target: composer.target(PIXELS, canvas, recipe.layout, sizes),
  });
  const grid: [number, number] = [
    Math.floor(canvas.height / recipe.tile.height),
    Math.floor(canvas.width / recipe.tile.width),
  ];
  composer.image({ size, main, grid, tokens: tiledTokens(recipe, grid) });
}

/** Appends the global view of the canvas that is composed next. It has floats even in a call for bytes. */
function addGlobalView(
  recipe: TiledRecipe,
  composer: Composer,
  canvas: Size,
  sizes: Record<string, number>,
): void {
  requireWholeTiles(recipe, canvas);
  const output = globalOutput(recipe, composer, canvas, sizes);
  const dtype = composer.dtype === "u8" ? "f32" : composer.dtype;
  const target = composer.target(output, recipe.tile, "c p q -> 1 c p q", {}, dtype);
  composer.global({ view: composer.nextView + 1, canvas: recipe.tile, target });
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

/** The output of global views: `pixel_values` where its rows have their shape and hold floats. */
function globalOutput(
  recipe: TiledRecipe,
  { dtype }: Composer,
  canvas: Size,
  sizes: Record<string, number>,
): string {
  const { tile } = recipe;
  const [, ...row] = outputShapeOf(parsePattern(recipe.layout), [3, canvas.height, canvas.width], sizes);
  return dtype !== "u8" && row.join() === [3, tile.height, tile.width].join() ? PIXELS : GLOBALS;
}

/** A tile's sizes, as far as the layout names them. */
function sizesFor({ layout, tile }: TiledRecipe): Record<string, number> {
  const axes = new Set(layout.match(/[A-Za-z_]\w*/g));
  const sizes = Object.entries({ p: tile.height, q: tile.width });
  return Object.fromEntries(sizes.filter(([axis]) => axes.has(axis)));
}
