import { VitrailError } from "../../errors.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";
import type { PlannedImage } from "../../plan/plan.ts";
import type { Rgb } from "../../plan/tables/values.ts";
import type { Canvases } from "./canvases.ts";
import { Drawing, type Rectangle, textSize } from "./drawing.ts";

const PAPER: Rgb = [246, 244, 239], INK: Rgb = [34, 34, 40], LEAD: Rgb = [230, 80, 20];
const HATCH: Rgb = [90, 130, 220], BADGE: Rgb = [255, 255, 255];

/** Most pixels of a sheet, and the space around pictures and the widest line of them. */
const MOST_PIXELS = 24e6, GAP = 24, WIDEST = 2400;

/** A tile's side on the sheet from which on it is numbered, pixels. */
const ROOM = 32;

/** How much of their colour the borders of what has no number have. */
const FAINT = 0.2;

/** A picture's place on a sheet: the caption on top, the canvas under it. */
interface Place extends Rectangle {
  image: PlannedImage;
  caption: string;
}

/**
 * Draws a sample: each picture on its canvas with the tiles' borders and their numbers, padding hatched, and its size,
 * grid and tokens on top. A sample too large for a sheet is drawn at a half, a third and so on.
 */
export function sheetOf({ plan, pixels }: Canvases, labels: readonly string[]): Drawing {
  for (let step = 1; step <= 64; step++) {
    const { places, size } = arranged(plan.images, labels, step);
    if (size.width * size.height > MOST_PIXELS) continue;
    const sheet = new Drawing(size.width, size.height, PAPER);
    for (const [index, place] of places.entries()) {
      draw(sheet, place, pixels[index], step);
    }
    return sheet;
  }
  throw new VitrailError("limit", `${plan.images.length} pictures are too many for one sheet; inspect fewer`);
}

/** Pictures from left to right, and a new line where one would be wider than the sheet may be. */
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
    if (x > GAP && x + width > WIDEST) x = GAP, y += tallest + GAP, tallest = 0;
    places.push({ x, y, width: drawn.width, height: drawn.height, image, caption });
    x += width + GAP;
    tallest = Math.max(tallest, height);
    size.width = Math.max(size.width, x), size.height = y + tallest + GAP;
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

function draw(sheet: Drawing, place: Place, pixels: Uint8Array, step: number): void {
  sheet.write(place.caption, place.x, place.y, 2, INK);
  const at = { ...place, y: place.y + textSize("", 2).height + 8 };
  copy(sheet, at, place.image.canvas, pixels, step);
  hatch(sheet, at, place.image, step);
  lattice(sheet, at, place.image, step);
}

/** The canvas, every block of `step`×`step` pixels as its mean. */
function copy(sheet: Drawing, at: Rectangle, canvas: Size, pixels: Uint8Array, step: number): void {
  for (let y = 0; y < at.height; y++) {
    for (let x = 0; x < at.width; x++) sheet.set(at.x + x, at.y + y, mean(pixels, canvas, x, y, step));
  }
}

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

/** Diagonal stripes where no pixel of the picture lies. */
function hatch(sheet: Drawing, at: Rectangle, { content, offset }: PlannedImage, step: number): void {
  for (let y = 0; y < at.height; y++) {
    const inside = y * step >= offset.y && y * step < offset.y + content.height;
    for (let x = 0; x < at.width; x++) {
      if (inside && x * step >= offset.x && x * step < offset.x + content.width) continue;
      sheet.set(at.x + x, at.y + y, HATCH, (x + y) % 12 < 4 ? 0.55 : 0.12);
    }
  }
}

/**
 * A tile's or a patch's size. A grid is the canvas's, but for a processor that pads its batch: square patches of the content
 * would be no squares of the canvas.
 */
function cellOf({ canvas, content, grid: [rows, columns] }: PlannedImage): Size {
  const [own, all] = [content, canvas].map(({ width, height }) => ({
    width: width / columns,
    height: height / rows,
  }));
  const { width, height } = own.width === own.height && all.width !== all.height ? own : all;
  return { width: Math.floor(width), height: Math.floor(height) };
}

/** Each tile's border and, where there is room for it, its number, from 1 in row-major order. Patches have faint borders. */
function lattice(sheet: Drawing, at: Rectangle, image: PlannedImage, step: number): void {
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
        sheet.frame(cell, 1, LEAD, FAINT);
        continue;
      }
      sheet.frame(cell, Math.min(2, dot), LEAD);
      const number = String(row * columns + column + 1), text = textSize(number, dot);
      sheet.fill(
        { x: x + 3 * dot, y: y + 3 * dot, width: text.width + dot, height: text.height + dot },
        BADGE,
        0.8,
      );
      sheet.write(number, x + 4 * dot, y + 4 * dot, dot, LEAD);
    }
  }
}
