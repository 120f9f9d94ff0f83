import { mat3 } from "wgpu-matrix";
import { VitrailError } from "../errors.ts";
import { outputShapeOf, parsePattern } from "../layout/mod.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { type Fit, fitInto, hdFit, stripFit } from "./content.ts";
import { type Point, type Size, wholeOf } from "./geometry.ts";
import { sheetOf } from "./strip.ts";
import { tokensOf } from "./tokens.ts";
import type { CanvasView, Target, View } from "./view.ts";

/** An output element's type; `u8` is the canvas before normalising. */
export type Dtype = "f32" | "f16" | "bf16" | "u8";

/** One output tensor. */
export interface OutputShape {
  dtype: Dtype;
  shape: number[];
}

/** Where one picture (or one clip) of a sample goes. */
export interface PlannedImage {
  /** The upright picture, or the sheet that a clip's frames are joined on. */
  size: Size;
  content: Size;
  canvas: Size;
  offset: Point;
  /** Tiles: rows, columns. */
  grid: [rows: number, columns: number];
  /** Its rows of `pixel_values`, from and to (exclusive). */
  rows: [from: number, to: number];
  /** Tokens after the encoder; undefined where the recipe does not say. */
  tokens?: number;
  /** wgpu-matrix mat3 from the upright picture's pixels to canvas pixels. */
  toCanvas: Float32Array;
  /** Its views, from and to (exclusive). */
  views: [from: number, to: number];
}

/** Everything about a sample that its pictures' sizes decide. */
export interface Plan {
  recipe: Recipe;
  /** Upright sizes of the source pictures. */
  pictures: Size[];
  views: View[];
  images: PlannedImage[];
  outputs: Record<string, OutputShape>;
}

/** The name of the output that holds tiles, and in float dtypes the global views before them. */
export const PIXELS = "pixel_values";
/** The name of the output that holds global views where `pixel_values` cannot. */
export const GLOBALS = "global_values";

/**
 * Plans one sample: pure arithmetic on the upright pictures' sizes; reads no pixel and opens no device.
 * @throws {VitrailError} `shape` for a picture that the recipe cannot take, `usage` for no pictures.
 */
export function planSample(recipe: Recipe, pictures: readonly Size[], dtype: Dtype = "f32"): Plan {
  if (pictures.length === 0) {
    throw new VitrailError("usage", "a sample needs at least one picture, found none");
  }
  const builder = new Builder(recipe, pictures, dtype);
  if (recipe.geometry.kind === "strip" && recipe.geometry.frame !== undefined) {
    builder.addClip(sheetOf(pictures, recipe.geometry.frame));
  } else {
    const fits = fitsOf(recipe, pictures);
    for (const [index, size] of pictures.entries()) builder.addPicture(index, size, fits[index]);
  }
  return builder.finish();
}

function fitsOf(recipe: Recipe, pictures: readonly Size[]): Fit[] {
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

/** Appends pictures' views and hands out output rows in order. */
class Builder {
  readonly views: View[] = [];
  readonly images: PlannedImage[] = [];
  readonly rows: Record<string, number> = {};
  readonly rowShapes: Record<string, number[]> = {};

  constructor(readonly recipe: Recipe, readonly pictures: readonly Size[], readonly dtype: Dtype) {}

  addPicture(index: number, size: Size, fit: Fit): void {
    this.addView({ picture: index }, size, fit, this.views.length);
  }

  /** A clip's sheet first, which then is resampled as a picture would be. */
  addClip(sheet: CanvasView): void {
    const first = this.views.length;
    this.views.push(sheet);
    this.addView({ view: first }, sheet.canvas, stripFit(sheet.canvas, this.recipe), first);
  }

  private addView(source: { picture: number } | { view: number }, size: Size, fit: Fit, firstView: number) {
    const { recipe } = this;
    const { content, canvas, offset } = fit;
    const order = fit.turned ? "vertical-first" : "horizontal-first";
    const placement = { source, crop: wholeOf(size), content, offset, filter: recipe.filter, order } as const;
    const view: CanvasView = {
      kind: "canvas",
      canvas,
      fill: recipe.fill,
      placements: [placement],
      marks: [],
    };
    const from = this.rows[PIXELS] ?? 0;
    if (recipe.globalView) {
      const target = this.target(this.globalOutput(canvas), recipe.tile, "c p q -> 1 c p q");
      this.views.push({ kind: "global", view: this.views.length + 1, canvas: recipe.tile, target });
    }
    view.target = this.target(PIXELS, canvas, recipe.layout);
    this.views.push(view);
    const grid: [number, number] = [
      Math.floor(canvas.height / recipe.tile.height),
      Math.floor(canvas.width / recipe.tile.width),
    ];
    this.images.push({
      size,
      content,
      canvas,
      offset,
      grid,
      rows: [from, this.rows[PIXELS]],
      tokens: tokensOf(recipe, grid),
      toCanvas: toCanvas(size, content, offset),
      views: [firstView, this.views.length],
    });
  }

  /** Global views share `pixel_values` where a row of it has their shape and holds floats. */
  private globalOutput(canvas: Size): string {
    const row = this.shapeOf(canvas, this.recipe.layout).slice(1);
    const own = [3, this.recipe.tile.height, this.recipe.tile.width];
    return this.dtype !== "u8" && row.join() === own.join() ? PIXELS : GLOBALS;
  }

  private shapeOf(canvas: Size, pattern: string) {
    return outputShapeOf(parsePattern(pattern), [3, canvas.height, canvas.width], this.sizesFor(pattern));
  }

  private sizesFor(pattern: string): Record<string, number> {
    const axes = new Set(pattern.match(/[A-Za-z_]\w*/g));
    const sizes: Record<string, number> = { p: this.recipe.tile.height, q: this.recipe.tile.width };
    return Object.fromEntries(Object.entries(sizes).filter(([axis]) => axes.has(axis)));
  }

  private target(output: string, canvas: Size, pattern: string): Target {
    const [rows, ...row] = this.shapeOf(canvas, pattern);
    const before = this.rowShapes[output] ??= row;
    if (before.join() !== row.join()) {
      throw new VitrailError(
        "shape",
        `layout "${pattern}" gives rows of [${row}] for this picture and [${before}] for the one before it; ` +
          `pictures of different sizes need tiles ("c (h p) (w q) -> (h w) c p q") or uniform=first`,
      );
    }
    const target = { output, pattern, sizes: this.sizesFor(pattern), row: this.rows[output] ?? 0, rows };
    this.rows[output] = target.row + rows;
    return target;
  }

  finish(): Plan {
    const { recipe, views, images, dtype } = this;
    const outputs: Record<string, OutputShape> = {};
    for (const [name, rows] of Object.entries(this.rows)) {
      const type = name === GLOBALS && dtype === "u8" ? "f32" : dtype;
      outputs[name] = { dtype: type, shape: [rows, ...this.rowShapes[name]] };
    }
    return { recipe, pictures: [...this.pictures], views, images, outputs };
  }
}

function toCanvas(size: Size, content: Size, offset: Point): Float32Array {
  const matrix = mat3.translation([offset.x, offset.y]);
  mat3.scale(matrix, [content.width / size.width, content.height / size.height], matrix);
  return matrix as Float32Array;
}
