import { VitrailError } from "../../errors.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";
import type { PlannedImage } from "../../plan/plan.ts";
import type { Rgb } from "../../plan/tables/values.ts";
import type { Canvases } from "./canvases.ts";
import { Drawing, type Rectangle, textSize } from "./drawing.ts";

/** The colours of the background and of captions. */
const PAPER: Rgb = [246, 244, 239], INK: Rgb = [34, 34, 40];

/** The colours of tiles' borders and numbers, of padding, and of the ground under numbers. */
const BORDER: Rgb = [230, 80, 20], HATCH: Rgb = [90, 130, 220], BADGE: Rgb = [255, 255, 255];

/** The most pixels of a drawing. */
const MOST_PIXELS = 24e6;

/** The space around canvases, pixels. */
const GAP = 24;

/** The widest line of canvases, pixels. */
const WIDEST = 2400;

/** The smallest side that a tile has on the drawing for a number to stand in it, pixels. */
const ROOM = 32;

/** The share of their colour that borders have where no numbers stand. */
const FAINT = 0.2;

/** The place of an image on a drawing: its caption on top, its canvas under it. */
interface Place extends Rectangle {
  image: PlannedImage;
  caption: string;
}

/**
 * Draws a sample. Each image is a canvas with the tiles' borders and numbers, its padding hatched, under a
 * caption with its size, grid and tokens. A sample that is too large is drawn at a half, a third and so on.
 *
 *     page.png: 816x1056, 4x4 tiles, 2509 tokens    tower.jpg: …
 *     +---+---+---+---+                             +---+---+
 *     | 1 | 2 | 3 | 4 |                             | 1 | 2 |
 *     +---+---+---+---+                             +---+---+
 *
 * @throws {VitrailError} `limit` for more images than one drawing has room for.
 */
export function drawSample({ plan, pixels }: Canvases, labels: readonly string[]): Drawing {
  for (let step = 1; step <= 64; step++) {
    const { places, size } = arranged(plan.images, labels, step);
    if (size.width * size.height > MOST_PIXELS) continue;
    const drawing = new Drawing(size.width, size.height, PAPER);
    for (const [index, place] of places.entries()) {
      drawImage(drawing, place, pixels[index], step);
    }
    return drawing;
  }
  throw new VitrailError(
    "limit",
    `${plan.images.length} pictures are too many for one drawing; inspect fewer`,
  );
}

/** Arranges images from left to right, and begins a new line where one would become too wide. */
function arranged(images: readonly PlannedImage[], labels: readonly string[], step: number) {
  const places: Place[] = [], size = { width: 0, height: 0 };
  let x = GAP, y = GAP, tallest = 0;
  for (const [index, image] of images.entries()) {
    const caption = captionOf(image, labels[index]);
    const drawn = {
      width: Math.ceil(image.canvas.width / step),
      height: Math.ceil(image.canvas.height / step),
    };
    const text = textSize(caption, 2);
    const width = Math.max(drawn.width, text.width), height = drawn.height + text.height + 8;
    if (x > GAP && x + width > WIDEST) {
      x = GAP;
      y += tallest + GAP;
      tallest = 0;
    }
    places.push({ x, y, width: drawn.width, height: drawn.height, image, caption });
    x += width + GAP;
    tallest = Math.max(tallest, height);
    size.width = Math.max(size.width, x);
    size.height = y + tallest + GAP;
  }
  return { places, size };
}

function captionOf(image: PlannedImage, label: string): string {
  const { size, grid, tokens } = image, cell = cellOf(image);
  const cells = Math.min(cell.width, cell.height) < ROOM ? "patches" : "tiles";
  const name = label.replace(/^.*[/\\]/, "");
  const count = tokens === undefined ? "" : `, ${tokens} tokens`;
  return `${name}: ${sizeText(size)}, ${grid[0]}x${grid[1]} ${cells}${count}`;
}

/** Draws one image at its place: caption, canvas, padding and borders. */
function drawImage(drawing: Drawing, place: Place, pixels: Uint8Array, step: number): void {
  drawing.write(place.caption, place.x, place.y, 2, INK);
  const at = { ...place, y: place.y + textSize("", 2).height + 8 };
  copy(drawing, at, place.image.canvas, pixels, step);
  hatch(drawing, at, place.image, step);
  lattice(drawing, at, place.image, step);
}

/** Draws the canvas, every block of `step`×`step` pixels as its mean. */
function copy(drawing: Drawing, at: Rectangle, canvas: Size, pixels: Uint8Array, step: number): void {
  for (let y = 0; y < at.height; y++) {
    for (let x = 0; x < at.width; x++) drawing.set(at.x + x, at.y + y, mean(pixels, canvas, x, y, step));
  }
}

/** The mean of the block of pixels at `x` and `y` of the drawing. */
function mean(pixels: Uint8Array, canvas: Size, x: number, y: number, step: number): Rgb {
  const sum = [0, 0, 0];
  const right = Math.min((x + 1) * step, canvas.width), bottom = Math.min((y + 1) * step, canvas.height);
  for (let row = y * step; row < bottom; row++) {
    for (let column = x * step; column < right; column++) {
      const from = (row * canvas.width + column) * 3;
      for (let c = 0; c < 3; c++) sum[c] += pixels[from + c];
    }
  }
  const count = (right - x * step) * (bottom - y * step);
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}

/** Draws diagonal stripes where the canvas is padding. */
function hatch(drawing: Drawing, at: Rectangle, { content, offset }: PlannedImage, step: number): void {
  for (let y = 0; y < at.height; y++) {
    const inside = y * step >= offset.y && y * step < offset.y + content.height;
    for (let x = 0; x < at.width; x++) {
      if (inside && x * step >= offset.x && x * step < offset.x + content.width) continue;
      drawing.set(at.x + x, at.y + y, HATCH, (x + y) % 12 < 4 ? 0.55 : 0.12);
    }
  }
}

/**
 * The size of a tile or a patch. The grid divides the canvas, except where a processor pads its batch. There
 * it divides the content, whose patches are squares where those of the canvas would be none.
 */
function cellOf({ canvas, content, grid: [rows, columns] }: PlannedImage): Size {
  const [own, all] = [content, canvas].map(({ width, height }) => ({
    width: width / columns,
    height: height / rows,
  }));
  const { width, height } = own.width === own.height && all.width !== all.height ? own : all;
  return { width: Math.floor(width), height: Math.floor(height) };
}

/**
 * Draws each tile's border and, where there is room for it, its number, from 1 in row-major order. Patches
 * get faint borders and no numbers.
 */
function lattice(drawing: Drawing, at: Rectangle, image: PlannedImage, step: number): void {
  const tile = cellOf(image), { grid: [rows, columns] } = image;
  const numbered = Math.min(tile.width, tile.height) / step >= ROOM;
  const dot = Math.max(1, Math.round(Math.min(tile.width, tile.height) / step / 90));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const left = Math.floor(column * tile.width / step), top = Math.floor(row * tile.height / step);
      const right = Math.floor((column + 1) * tile.width / step);
      const bottom = Math.floor((row + 1) * tile.height / step);
      const x = at.x + left, y = at.y + top;
      const cell = { x, y, width: right - left, height: bottom - top };
      if (!numbered) {
        drawing.frame(cell, 1, BORDER, FAINT);
        continue;
      }
      drawing.frame(cell, Math.min(2, dot), BORDER);
      const number = String(row * columns + column + 1), text = textSize(number, dot);
      drawing.fill(
        { x: x + 3 * dot, y: y + 3 * dot, width: text.width + dot, height: text.height + dot },
        BADGE,
        0.8,
      );
      drawing.write(number, x + 4 * dot, y + 4 * dot, dot, BORDER);
    }
  }
}
