import type { Canvas, Paint } from "npm:canvaskit-wasm@0.42.0";
import type { Box, Size } from "../../plan/geometry.ts";
import { opaque } from "../../report/panels/opaque.ts";
import type { Rectangle } from "./poster.ts";
import type { Skia, TextLook } from "./skia.ts";

/** The distance of a hatching's lines. */
const HATCHING = 10;

/** Draws on a canvas of Skia's. Colours are as CSS writes them. */
export class Pen {
  readonly #skia: Skia;
  readonly #canvas: Canvas;

  /** Takes the canvas to draw on. */
  constructor(skia: Skia, canvas: Canvas) {
    this.#skia = skia;
    this.#canvas = canvas;
  }

  /** Writes a line of text, its top left at `x` and `y`, and cuts it off where it is wider than `room`. */
  write(text: string, x: number, y: number, look: TextLook, room: number): void {
    const line = this.#skia.line(text, look, room);
    this.#canvas.drawParagraph(line, x, y);
    line.delete();
  }

  /** Writes a line of text that ends at `x` and has its middle at `y`. */
  writeBefore(text: string, x: number, y: number, look: TextLook): void {
    const line = this.#skia.line(text, look, 1000);
    this.#canvas.drawParagraph(line, x - line.getLongestLine(), y - line.getHeight() / 2);
    line.delete();
  }

  /** Writes a text on a bright ground, whose top left is at `x` and `y`. */
  writeOn(ground: string, text: string, x: number, y: number, look: TextLook): void {
    const line = this.#skia.line(text, look, 1000), { kit } = this.#skia, side = look.size * 0.35;
    const width = line.getLongestLine() + 2 * side, height = line.getHeight();
    this.#painted(ground, (paint) => {
      const round = kit.RRectXY(kit.XYWHRect(x, y, width, height), height / 4, height / 4);
      this.#canvas.drawRRect(round, paint);
    });
    this.#canvas.drawParagraph(line, x + side, y);
    line.delete();
  }

  /** Draws RGB bytes `[height, width, 3]` into a rectangle. */
  picture(pixels: Uint8Array, { width, height }: Size, at: Rectangle): void {
    const { kit } = this.#skia;
    const info = {
      width,
      height,
      alphaType: kit.AlphaType.Opaque,
      colorType: kit.ColorType.RGBA_8888,
      colorSpace: kit.ColorSpace.SRGB,
    };
    const image = kit.MakeImage(info, opaque(pixels), width * 4)!,
      shrinking = image.makeCopyWithDefaultMipmaps();
    const whole = kit.XYWHRect(0, 0, width, height), place = kit.XYWHRect(at.x, at.y, at.width, at.height);
    this.#canvas.drawImageRectOptions(shrinking, whole, place, kit.FilterMode.Linear, kit.MipmapMode.Linear);
    shrinking.delete();
    image.delete();
  }

  /** Draws what `draw` does within a rectangle and outside of boxes. */
  outside(boxes: readonly Box[], { x, y, width, height }: Rectangle, draw: () => void): void {
    const { kit } = this.#skia;
    this.#canvas.save();
    this.#canvas.clipRect(kit.XYWHRect(x, y, width, height), kit.ClipOp.Intersect, true);
    for (const { left, top, right, bottom } of boxes) {
      this.#canvas.clipRect(kit.LTRBRect(left, top, right, bottom), kit.ClipOp.Difference, true);
    }
    draw();
    this.#canvas.restore();
  }

  /** Colours a rectangle. */
  fill({ x, y, width, height }: Rectangle, colour: string): void {
    this.#painted(
      colour,
      (paint) => this.#canvas.drawRect(this.#skia.kit.XYWHRect(x, y, width, height), paint),
    );
  }

  /** Draws diagonal lines over a rectangle. */
  hatch({ x, y, width, height }: Rectangle, colour: string, weight: number): void {
    for (let at = -height; at < width; at += HATCHING) {
      this.line(x + at, y + height, x + at + height, y, colour, weight);
    }
  }

  /** Draws a frame around a box, its stroke half inside. */
  frame({ left, top, right, bottom }: Box, colour: string, weight: number): void {
    this.#painted(colour, (paint) => {
      paint.setStyle(this.#skia.kit.PaintStyle.Stroke);
      paint.setStrokeWidth(weight);
      this.#canvas.drawRect(this.#skia.kit.LTRBRect(left, top, right, bottom), paint);
    });
  }

  /** Draws a line. */
  line(fromX: number, fromY: number, toX: number, toY: number, colour: string, weight: number): void {
    this.#painted(colour, (paint) => {
      paint.setStrokeWidth(weight);
      this.#canvas.drawLine(fromX, fromY, toX, toY, paint);
    });
  }

  #painted(colour: string, draw: (paint: Paint) => void): void {
    const { kit } = this.#skia, paint = new kit.Paint();
    paint.setAntiAlias(true);
    paint.setColor(kit.parseColorString(colour));
    draw(paint);
    paint.delete();
  }
}
