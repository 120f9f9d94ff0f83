import { type Size, wholeOf } from "../../plan/geometry.ts";
import { BLACK, WHITE } from "../../plan/tables/values.ts";
import type { CanvasView, Mark, Placement } from "../../plan/view.ts";
import { requireContent } from "./fit.ts";
import type { TiledRecipe } from "./tiled_recipe.ts";

const LABEL = 40; // the height kept for a frame's label, pixels
const GAP = 10; // the space between frames, pixels
const LINE = 2; // the width of the line in the middle of a gap, pixels

/**
 * Makes the sheet on which `frame2img` joins a clip's frames, without its text labels. Wide frames stand
 * under one another, others side by side. A label's height is kept free above each. A black line is drawn
 * between two.
 *
 *     wide:   ┌─────────┐    high:   ┌───────┬───────┐
 *             │ (label) │            │(label)│(label)│
 *             │ frame 0 │            │ frame │ frame │
 *             ├─────────┤            │   0   │   1   │
 *             │ (label) │            │       │       │
 *             │ frame 1 │            └───────┴───────┘
 *             └─────────┘
 *
 * Source: InternLM-XComposer-2.5-OL `base/ixc_utils.py`, `frame2img`.
 * @param frame the longer side of each frame on the sheet, pixels
 * @param first the first frame's index among the call's pictures
 * @throws {VitrailError} `shape` where a frame's shorter side truncates to 0, as Python fails there.
 */
export function frameSheet(
  recipe: TiledRecipe,
  frames: readonly Size[],
  frame: number,
  first = 0,
): CanvasView {
  const contents = frames.map((size) => frameContent(recipe, size, frame));
  const last = frames[frames.length - 1];
  return last.width > last.height
    ? framesInAColumn(frames, contents, first)
    : framesSideBySide(frames, contents, first);
}

function frameContent(recipe: TiledRecipe, { width, height }: Size, longer: number): Size {
  const scale = width / height;
  const content = width > height
    ? { width: longer, height: Math.trunc(longer / scale) }
    : { width: Math.trunc(longer * scale), height: longer };
  requireContent(content, { width, height }, recipe);
  return content;
}

function framesInAColumn(frames: readonly Size[], contents: Size[], first: number): CanvasView {
  const width = Math.max(...contents.map((content) => content.width));
  const placements: Placement[] = [], lines: Mark[] = [];
  let y = 0;
  for (const [index, content] of contents.entries()) {
    placements.push(frameAt(first + index, frames[index], content, 0, y + LABEL));
    const middle = y + LABEL + content.height + GAP / 2;
    if (index + 1 < contents.length) lines.push(blackLine(0, middle, width, middle + LINE));
    y += content.height + GAP + LABEL;
  }
  return whiteSheet({ width, height: y }, placements, lines);
}

function framesSideBySide(frames: readonly Size[], contents: Size[], first: number): CanvasView {
  const height = Math.max(...contents.map((content) => content.height)) + LABEL;
  const placements: Placement[] = [], lines: Mark[] = [];
  let x = 0;
  for (const [index, content] of contents.entries()) {
    placements.push(frameAt(first + index, frames[index], content, x, LABEL));
    const middle = x + content.width + GAP / 2;
    if (index + 1 < contents.length) lines.push(blackLine(middle, 0, middle + LINE, height));
    x += content.width + GAP;
  }
  return whiteSheet({ width: x, height }, placements, lines);
}

function frameAt(picture: number, size: Size, content: Size, x: number, y: number): Placement {
  const order = "horizontal-first";
  return { source: { picture }, crop: wholeOf(size), content, offset: { x, y }, filter: "bilinear", order };
}

function blackLine(left: number, top: number, right: number, bottom: number): Mark {
  return { box: { left, top, right, bottom }, color: BLACK };
}

function whiteSheet(canvas: Size, placements: Placement[], marks: Mark[]): CanvasView {
  return { kind: "canvas", canvas, fill: WHITE, placements, marks };
}
