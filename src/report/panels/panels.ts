import type { Picture } from "../../codecs/picture.ts";
import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import type { Box, Size } from "../../plan/geometry.ts";
import { boxThrough, picturesShown, type ShownPicture } from "../../plan/matrix.ts";
import { GLOBALS, mainOutput, type Plan, type PlannedImage } from "../../plan/plan.ts";
import { valueTable } from "../../plan/tables/values.ts";
import { type TilePlace, tilesOf } from "../../plan/tile_places.ts";
import type { View } from "../../plan/view.ts";
import { planSample } from "../../recipes/plan_sample.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { type CutPicture, cutPicture, isWhole, panelRecipe, panelViews } from "./panel_recipe.ts";

/** One picture of a drawing: a canvas, a global view, or a picture as it was given. */
export interface Panel {
  /** A word for it. */
  readonly kind: "Picture" | "Canvas" | "Global view" | "Whole picture" | "Crop" | "Frame";
  /** Its own size, pixels. */
  readonly size: Size;
  /** RGB bytes `[height, width, 3]`. */
  readonly pixels: Uint8Array;
  /** The rectangles that become rows, in the rows' order; for a picture, the parts that crops show. */
  readonly tiles: readonly PanelTile[];
  /** The boxes of it that show a picture, or for a picture that a canvas shows; the rest is not seen. */
  readonly shown: readonly Box[];
  /** The tokens down and across, where several patches become one. */
  readonly tokens?: { readonly rows: number; readonly columns: number };
  /** The output that its rows are in, where that is not the main one. */
  readonly output?: string;
}

/** A rectangle of a panel, and its row in the tensor. */
export interface PanelTile {
  readonly row: number;
  readonly box: Box;
}

/** An image of a sample, and all panels of its rows. */
export interface ImagePanels {
  readonly image: PlannedImage;
  readonly panels: readonly Panel[];
}

/** A sample as it is drawn. */
export interface SamplePanels {
  /** The plan of its tensors, in f32. */
  readonly plan: Plan<Recipe>;
  readonly images: readonly ImagePanels[];
}

/** Makes all panels of a sample by an engine. */
export async function panelsOf(
  engine: Engine,
  recipe: Recipe,
  pictures: readonly Picture[],
  options: RunOptions,
): Promise<SamplePanels> {
  const batch = await engine.run(panelRecipe(recipe), pictures, { ...options, dtype: "u8", verify: false });
  const { plan: drawn } = batch, bytes = await batch.pixelValues.bytes();
  const globals = GLOBALS in batch.outputs ? bytesOf(await batch.outputs[GLOBALS].bytes(), recipe) : bytes;
  const plan = planSample(
    recipe,
    drawn.pictures,
    "f32",
    drawn.nested ? drawn.samples : undefined,
    drawn.clips,
  );
  const { views, pictures: given } = panelViews(plan);
  const pixelsOf = (view: number) => {
    const { kind, target } = drawn.views[view] as Extract<View, { kind: "canvas" | "global" }>;
    const from = target!.row * 3, all = kind === "global" ? globals : bytes;
    return all.subarray(from, from + target!.rows * 3);
  };
  const images = plan.images.map((image, index) => {
    const tiles = Map.groupBy(tilesOf(plan, index), ({ view }) => view);
    const panels = [...tiles].map(([view, own]) =>
      panelOf(plan, image, view, own, pixelsOf(views.get(view)!))
    );
    const cut = cutPicture(plan, image);
    if (cut === undefined) return { image, panels };
    const parts = panels.map(({ tiles: [{ row }] }, at) => ({ view: [...tiles.keys()][at], row }));
    return { image, panels: [picturePanel(plan, cut, parts, pixelsOf(given.get(image)!)), ...panels] };
  });
  return { plan, images };
}

/** Returns the panel of a picture as it was given, with the parts that views show under their first rows. */
function picturePanel(
  plan: Plan,
  { size }: CutPicture,
  parts: readonly { view: number; row: number }[],
  pixels: Uint8Array,
): Panel {
  const seen = parts.flatMap(({ view, row }) => partsShown(plan, view, size).map((box) => ({ row, box })));
  const crops = seen.filter(({ box }) => !isWhole(box, size));
  return { kind: "Picture", size, pixels, tiles: crops, shown: seen.map(({ box }) => box) };
}

/** Returns the panel of one view, whose tiles are `places`. */
function panelOf(
  plan: Plan,
  image: PlannedImage,
  view: number,
  places: readonly TilePlace[],
  pixels: Uint8Array,
): Panel {
  const { kind, canvas: size } = plan.views[view] as Extract<View, { kind: "canvas" | "global" }>;
  const [{ output, part, picture }] = places;
  const tiles = [
    ...new Map(places.map(({ row, box }) => [`${row} ${box.left} ${box.top}`, { row, box }])).values(),
  ];
  const shown = kind === "global"
    ? places.map(({ toTile, part }) => boxThrough(toTile, part))
    : picturesShown(plan.views, view).filter(showsSome).map(({ toCanvas, part }) =>
      boxThrough(toCanvas, part)
    );
  const common = { size, pixels, tiles, shown, ...(output !== mainOutput(plan) && { output }) };
  if (kind === "global") return { kind: "Global view", ...common };
  const all = tiles.length === 1 && isWhole(part, plan.pictures[picture]);
  if (all && !image.video && (view !== image.main || cutPicture(plan, image))) {
    return { kind: "Whole picture", ...common };
  }
  if (image.video) return { kind: "Frame", ...common, ...tokensOf(image, tiles) };
  if (view !== image.main && tiles.length === 1) return { kind: "Crop", ...common };
  return { kind: "Canvas", ...common, ...tokensOf(image, tiles) };
}

/** Returns the grid of tokens of a panel's patches, where several make one. */
function tokensOf({ tokenGrid }: PlannedImage, tiles: readonly PanelTile[]): Pick<Panel, "tokens"> {
  if (!tokenGrid || tokenGrid.rows * tokenGrid.columns >= tiles.length) return {};
  return { tokens: { rows: tokenGrid.rows, columns: tokenGrid.columns } };
}

/** Tells if a canvas shows a part of a picture at all: a crop may be all padding. */
function showsSome({ part: { left, top, right, bottom } }: ShownPicture): boolean {
  return left < right && top < bottom;
}

/** Returns the parts of its picture that a view shows, in pixels of the picture as it is drawn. */
function partsShown(plan: Plan, view: number, drawn: Size): Box[] {
  const { kind } = plan.views[view];
  const read = kind === "global" ? (plan.views[view] as Extract<View, { kind: "global" }>).view : view;
  return picturesShown(plan.views, read).filter(showsSome).map((shown) => {
    const { picture, part: { left, top, right, bottom } } = shown;
    const { width, height } = plan.pictures[picture];
    const x = drawn.width / width, y = drawn.height / height;
    return { left: left * x, top: top * y, right: right * x, bottom: bottom * y };
  });
}

/** Returns the bytes whose values are the nearest to f32 values `[pixels, 3]`, given as bytes. */
function bytesOf(data: Uint8Array, { values }: Recipe): Uint8Array {
  const floats = new Float32Array(data.slice().buffer), table = valueTable(values);
  const bytes = new Uint8Array(floats.length);
  for (let i = 0; i < bytes.length; i++) {
    const black = table[i % 3 * 256], white = table[i % 3 * 256 + 255];
    bytes[i] = Math.max(0, Math.min(255, Math.round((floats[i] - black) / (white - black) * 255)));
  }
  return bytes;
}
