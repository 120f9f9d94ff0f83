import { type Size, wholeOf } from "../../plan/geometry.ts";
import { WHITE } from "../../plan/tables/values.ts";
import type { CanvasView, Mark, Placement } from "../../plan/view.ts";
import { requireContent } from "./fit.ts";
import type { TiledRecipe } from "./tiled_recipe.ts";

const LABEL = 40; // the height kept for a frame's label, pixels
const GAP = 10; // between frames, with a black line of 2 pixels in its middle

/**
 * The sheet on which `frame2img` joins a clip's frames, without its text labels: wide frames under one another,
 * others side by side, a label's height kept free, black lines between.
 * @param first the first frame's index among the call's pictures
 * @throws {VitrailError} `shape` where a frame's shorter side truncates to 0, as Python fails there.
 * Source: InternLM-XComposer-2.5-OL `base/ixc_utils.py`, `frame2img`.
 */
export function frameSheet(
  recipe: TiledRecipe,
  frames: readonly Size[],
  frame: number,
  first = 0,
): CanvasView {
  const contents = frames.map((size) => frameContent(recipe, size, frame));
  const last = frames[frames.length - 1];
  return last.width > last.height ? stack(frames, contents, first) : row(frames, contents, first);
}

function frameContent(recipe: TiledRecipe, { width, height }: Size, longer: number): Size {
  const scale = width / height;
  const content = width > height
    ? { width: longer, height: Math.trunc(longer / scale) }
    : { width: Math.trunc(longer * scale), height: longer };
  requireContent(content, { width, height }, recipe);
  return content;
}

function stack(frames: readonly Size[], contents: Size[], first: number): CanvasView {
  const width = Math.max(...contents.map((c) => c.width));
  const placements: Placement[] = [], marks: Mark[] = [];
  let y = 0;
  for (const [index, content] of contents.entries()) {
    placements.push(placement(first + index, frames[index], content, 0, y + LABEL));
    const line = y + LABEL + content.height + GAP / 2;
    if (index + 1 < contents.length) marks.push(rule(0, line, width, line + 2));
    y += content.height + GAP + LABEL;
  }
  return sheet({ width, height: y }, placements, marks);
}

function row(frames: readonly Size[], contents: Size[], first: number): CanvasView {
  const height = Math.max(...contents.map((c) => c.height)) + LABEL;
  const placements: Placement[] = [], marks: Mark[] = [];
  let x = 0;
  for (const [index, content] of contents.entries()) {
    placements.push(placement(first + index, frames[index], content, x, LABEL));
    const line = x + content.width + GAP / 2;
    if (index + 1 < contents.length) marks.push(rule(line, 0, line + 2, height));
    x += content.width + GAP;
  }
  return sheet({ width: x, height }, placements, marks);
}

function placement(picture: number, size: Size, content: Size, x: number, y: number): Placement {
  const order = "horizontal-first";
  return { source: { picture }, crop: wholeOf(size), content, offset: { x, y }, filter: "bilinear", order };
}

function rule(left: number, top: number, right: number, bottom: number): Mark {
  return { box: { left, top, right, bottom }, color: [0, 0, 0] };
}

function sheet(canvas: Size, placements: Placement[], marks: Mark[]): CanvasView {
  return { kind: "canvas", canvas, fill: WHITE, placements, marks };
}
