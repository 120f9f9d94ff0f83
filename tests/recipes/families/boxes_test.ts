import { assert, assertEquals, assertThrows } from "@std/assert";
import type { RawPixels } from "../../../src/codecs/picture.ts";
import type { Batch } from "../../../src/engine/results/batch.ts";
import { VitrailError } from "../../../src/errors.ts";
import { type Point, type Size, sizeOf } from "../../../src/plan/geometry.ts";
import { GLOBALS, mainOutput } from "../../../src/plan/plan.ts";
import { boxIn, type TilePlace, tilesOf } from "../../../src/plan/tile_places.ts";
import { type CanvasView, targetLayout } from "../../../src/plan/view.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { ixc2, ixc24khd, ixc25, ixc25Image, ixc25Video } from "../../../src/recipes/tiled/ixc.ts";
import { rowsOf } from "../../support/compare/rows_of.ts";
import { onOneEngine } from "../../support/executors.ts";
import { DOCUMENT_CONFIGS } from "../../support/recipes/documents_cases.ts";
import { PATCH_CONFIGS } from "../../support/recipes/patches_cases.ts";
import { TILE_CONFIGS } from "../../support/recipes/tiles_cases.ts";

/** A configuration or more of each family, so that every way in which it cuts is walked once. */
const CONFIGS: Record<string, readonly Record<string, unknown>[]> = {
  ...PATCH_CONFIGS,
  ...TILE_CONFIGS,
  ...DOCUMENT_CONFIGS,
  qwen2_vl: [{}, { video: true }],
  clip: [{}],
  siglip: [{}],
  llava: [{}, { do_pad: true }],
  llava_next: [{}, { do_center_crop: false, size: { shortest_edge: 224 }, crop_size: 168 }],
  llava_onevision: [{}, { video: true }],
  got_ocr2: [{}, { crop_to_patches: true }],
  ovis2: [{ crop_to_patches: true }, { crop_to_patches: true, do_center_crop: true, crop_size: 380 }],
  aria: [{}, { split_image: true }],
  glm4v: [{}],
  paddleocr_vl: [{}],
  idefics2: [{}, { do_image_splitting: true }],
  idefics3: [{}, { do_image_splitting: false }],
  smolvlm: [{}],
  gemma3: [{}, { do_pan_and_scan: true, pan_and_scan_min_crop_size: 64 }],
  mllama: [{}],
  pixtral: [{}, { do_center_crop: true, crop_size: { height: 256, width: 480 } }],
  siglip2: [{}],
  blip: [{}],
  chameleon: [{}],
  chinese_clip: [{}],
  chmv2: [{ do_resize: true, keep_aspect_ratio: false, size: { height: 330, width: 330 } }, {
    do_center_crop: true,
    crop_size: 350,
  }],
  convnext: [{}, { size: 300, do_center_crop: true, crop_size: { height: 280, width: 290 } }],
  deepseek_vl: [{}],
  deepseek_vl_hybrid: [{ high_res_size: 500 }],
  dinov3_vit: [{}, { do_center_crop: true, crop_size: { height: 190, width: 260 } }],
  emu3: [{}],
  flava: [{ return_codebook_pixels: true }],
  idefics: [{}],
  janus: [{}],
  pi0: [{}],
  tipsv2: [{}],
  video_llava: [{}],
  vit: [{}],
};

/** The marked picture and its mark, bright on dark, near the middle, so that crops of the middle show it. */
const SIZE = { width: 640, height: 420 };
const MARK = { left: 330, top: 190, right: 394, bottom: 240 };

for (const { name, types } of FAMILIES) {
  for (const config of CONFIGS[name] ?? [undefined]) {
    onOneEngine(`tilesOf leads a mark into its rows: ${name} ${JSON.stringify(config)}`, async (engine) => {
      assert(config, `${name} has no row in CONFIGS`);
      const recipe = recipeFromConfig({ image_processor_type: types[0], ...config });
      const other = darkPicture({ width: 300, height: 500 }), marked = markedPicture();
      const call = config.video ? [[other], [marked, darkPicture(SIZE)]] : [other, marked];
      const batch = await engine.run(recipe, call, { dtype: "u8" });
      await requireMark(batch, 1);
      await requireTiles(batch, 1, 1);
    });
  }
}

/** Our own recipes, and the index of the marked picture's image: a clip's frames are one. */
const OURS = [
  { recipe: ixc2({ size: 224 }), image: 1 },
  { recipe: ixc24khd({ hdNum: 6 }), image: 1 },
  { recipe: ixc24khd({ hdNum: 6, uniform: "first" }), image: 1 },
  { recipe: ixc25({ hdNum: 4 }), image: 1 },
  { recipe: ixc25Image(), image: 1 },
  { recipe: ixc25Video(), image: 0 },
];

for (const { recipe, image } of OURS) {
  onOneEngine(
    `tilesOf leads a mark into its rows: ${recipe.name} ${JSON.stringify(recipe.parameters)}`,
    async (engine) => {
      const pictures = [darkPicture({ width: 300, height: 500 }), markedPicture()];
      const batch = await engine.run(recipe, pictures, { dtype: "u8" });
      if (image === 1) await requireMark(batch, 1);
      await requireTiles(batch, image, 1);
    },
  );
}

/**
 * Every row of an image has its tiles, and in each that holds a probe of the marked picture the row's own
 * element is bright or dark as the probe says; some tile holds each probe. Elements are found by a row's
 * shape alone, not by the plan's layouts.
 */
async function requireTiles(batch: Batch, image: number, picture: number): Promise<void> {
  const { plan, images } = batch;
  const tiles = tilesOf(plan, image), own = tiles.filter((tile) => tile.picture === picture);
  const rows = new Set(tiles.filter(({ output }) => output === mainOutput(plan)).map(({ row }) => row));
  const [from, to] = images[image].rows;
  assert([...rows].every((row) => row >= from && row < to), `rows beside ${from} to ${to}`);
  const data = new Map<string, ArrayLike<number>>();
  for (const name of Object.keys(plan.outputs)) data.set(name, await rowsOf(batch, name));
  const globals = new Set(own.filter(({ output }) => output === GLOBALS).map(({ row }) => row));
  for (const { x, y, inside } of probes()) {
    let seen = 0;
    for (const tile of own) {
      const place = boxIn(tile, { left: x, top: y, right: x + 1, bottom: y + 1 });
      if (place === undefined) continue;
      const at = { x: Math.floor(place.left), y: Math.floor(place.top) };
      const row = plan.outputs[tile.output].shape.slice(1);
      const values = [0, 1, 2].map((c) =>
        data.get(tile.output)![elementOf(tile, row, c, at, plan.recipe.name)]
      );
      // Global views are normalised floats; their canvases are bytes.
      const [bright, dark] = tile.output === GLOBALS ? [0.6, -0.6] : edgesOf(plan.recipe.name);
      const found =
        `${x},${y} of the picture is ${values} at ${at.x},${at.y} of row ${tile.row} of ${tile.output}`;
      assert(values.every((value) => inside ? value > bright : value < dark), found);
      seen++;
    }
    assert(seen >= 1 + globals.size, `${x},${y} of the picture is in ${seen} tiles`);
  }
}

/** Families in whose rows channels follow pixels. */
const CHANNELS_LAST: readonly string[] = [
  "siglip2",
  "cosmos3_edge",
  "neomme",
  "gemma4",
  "gemma4_unified",
  "inkling",
  "lfm2_vl",
];

/** Families whose values are standardised, whatever type is asked for: those of the mark lie far from 0. */
const STANDARDISED: readonly string[] = ["kosmos2_5", "pix2struct"];

/** The values that a bright pixel exceeds, and that a dark one stays below. */
function edgesOf(recipe: string): [bright: number, dark: number] {
  return STANDARDISED.includes(recipe) ? [2, 1] : [170, 80];
}

/**
 * The element of a tile's channel and pixel in a row of this shape: pixels after one another; or planes, a
 * still picture's as often as it stands along time, frame by frame or each plane's copies together.
 */
function elementOf(
  tile: TilePlace,
  row: readonly number[],
  channel: number,
  at: Point,
  recipe: string,
): number {
  const { width, height } = sizeOf(tile.box), pixel = at.y * width + at.x;
  const elements = row.reduce((a, b) => a * b, 1), plane = width * height;
  const first = tile.row * elements;
  // Before the pixels stand the patch's line and column.
  if (STANDARDISED.includes(recipe)) return first + 2 + pixel * 3 + channel;
  if (CHANNELS_LAST.includes(recipe)) return first + pixel * 3 + channel;
  const copies = recipe === "muse_glimmer" ? 1 : elements / (3 * plane);
  return first + channel * copies * plane + pixel;
}

/** Points within the mark are bright where the matrix leads them, points beside it dark. */
async function requireMark(batch: Batch, image: number): Promise<void> {
  const { toCanvas: m, main } = batch.images[image];
  const at = ({ x, y }: Point) => ({ x: m[0] * x + m[4] * y + m[8], y: m[1] * x + m[5] * y + m[9] });
  for (const { x, y, inside } of probes()) {
    const point = at({ x, y });
    const channels = await pixelOf(batch, main, point);
    const found = `${x},${y} of the picture is ${channels} at ${point.x},${point.y} of the canvas`;
    const [bright, dark] = edgesOf(batch.plan.recipe.name);
    assert(channels.every((value) => inside ? value > bright : value < dark), found);
  }
}

function* probes(): Generator<Point & { inside: boolean }> {
  const { left, top, right, bottom } = MARK;
  const width = right - left, height = bottom - top;
  for (const dx of [-1, 1]) {
    for (const dy of [-1, 1]) {
      const x = (left + right) / 2, y = (top + bottom) / 2;
      yield { x: x + dx * width / 4, y: y + dy * height / 4, inside: true };
      yield { x: x + dx * width * 0.8, y, inside: false };
      yield { x, y: y + dy * height * 0.9, inside: false };
    }
  }
}

/**
 * The three values of a canvas pixel among the output's rows: the view's own, or those of a view that was cut
 * out of it.
 */
async function pixelOf(batch: Batch, view: number, point: Point): Promise<number[]> {
  const { plan } = batch;
  const canvasView = plan.views[view] as CanvasView;
  const { target, canvas } = canvasView;
  if (!target) return pixelOf(batch, ...cutAt(batch, view, point));
  const layout = targetLayout(canvas, target);
  const data = await rowsOf(batch, target.output);
  const row = plan.outputs[target.output].shape.slice(1).reduce((a, b) => a * b, 1);
  const [channels, rows, columns] = layout.offsets;
  const base = target.row * row + rows[Math.floor(point.y)] + columns[Math.floor(point.x)] +
    layout.repeats[0];
  return [0, 1, 2].map((channel) => data[base + channels[channel]]);
}

/** The view that shows a point of another view's canvas, and where. */
function cutAt({ plan }: Batch, from: number, { x, y }: Point): [view: number, point: Point] {
  for (const [index, view] of plan.views.entries()) {
    if (view.kind !== "canvas") continue;
    const [{ source, crop, content, offset }] = view.placements;
    if (!("view" in source) || source.view !== from) continue;
    if (x < crop.left || x >= crop.right || y < crop.top || y >= crop.bottom) continue;
    const scaleX = content.width / (crop.right - crop.left),
      scaleY = content.height / (crop.bottom - crop.top);
    return [index, { x: (x - crop.left) * scaleX + offset.x, y: (y - crop.top) * scaleY + offset.y }];
  }
  throw new Error(`no view shows ${x},${y} of view ${from}`);
}

function darkPicture({ width, height }: Size): RawPixels {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = (i * 7 + (i >> 5)) % 37;
  return { width, height, data };
}

function markedPicture(): RawPixels {
  const picture = darkPicture(SIZE);
  for (let y = MARK.top; y < MARK.bottom; y++) {
    for (let x = MARK.left; x < MARK.right; x++) picture.data.set([250, 235, 220], (y * SIZE.width + x) * 3);
  }
  return picture;
}

Deno.test("tilesOf refuses an image that a plan does not have", () => {
  const plan = planSample(ixc24khd(), [{ width: 9, height: 9 }]);
  for (const image of [1, -1, 0.5]) {
    const error = assertThrows(() => tilesOf(plan, image), VitrailError, `from 0 to 0, found ${image}`);
    assertEquals(error.code, "usage");
  }
});
