import type { Size } from "../../plan/geometry.ts";
import type { Rgb } from "../../plan/tables/values.ts";
import { dotsOf, GLYPH } from "./glyphs.ts";

/** A rectangle of a drawing, pixels. */
export interface Rectangle extends Size {
  x: number;
  y: number;
}

/** Pixels to draw on. */
export class Drawing implements Size {
  /** RGBA bytes `[height, width, 4]`. */
  readonly data: Uint8Array;

  /** Makes a drawing of one colour. */
  constructor(readonly width: number, readonly height: number, colour: Rgb) {
    this.data = new Uint8Array(width * height * 4).fill(255);
    this.fill({ x: 0, y: 0, width, height }, colour);
  }

  /** Colours a pixel, if it lies inside; `share` (0 to 1) of the new colour is mixed into the old one. */
  set(x: number, y: number, colour: Rgb, share = 1): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const at = (y * this.width + x) * 4;
    for (let c = 0; c < 3; c++) {
      this.data[at + c] = Math.round(this.data[at + c] * (1 - share) + colour[c] * share);
    }
  }

  /** Colours a rectangle. */
  fill({ x, y, width, height }: Rectangle, colour: Rgb, share = 1): void {
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) this.set(column, row, colour, share);
    }
  }

  /** Draws a frame of `weight` pixels inside a rectangle. */
  frame({ x, y, width, height }: Rectangle, weight: number, colour: Rgb, share = 1): void {
    this.fill({ x, y, width, height: weight }, colour, share);
    this.fill({ x, y: y + height - weight, width, height: weight }, colour, share);
    this.fill({ x, y, width: weight, height }, colour, share);
    this.fill({ x: x + width - weight, y, width: weight, height }, colour, share);
  }

  /** Writes a line of text with dots of `dot` pixels, its top left at `x` and `y`. */
  write(text: string, x: number, y: number, dot: number, colour: Rgb): void {
    for (const { x: column, y: row } of dotsOf(text)) {
      this.fill({ x: x + column * dot, y: y + row * dot, width: dot, height: dot }, colour);
    }
  }
}

/** Returns the size of a line of text with dots of `dot` pixels. */
export function textSize(text: string, dot: number): Size {
  return { width: [...text].length * GLYPH.width * dot, height: GLYPH.height * dot };
}
