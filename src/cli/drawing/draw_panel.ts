import type { Box } from "../../plan/geometry.ts";
import { cellOf, gridOf } from "../../report/panels/panel_text.ts";
import type { Panel } from "../../report/panels/panels.ts";
import type { Pen } from "./pen.ts";
import { NUMBERED, type PanelPlace } from "./poster.ts";
import type { TextLook } from "./skia.ts";

/** The colours of tiles' borders and numbers, of the light under them, of patches, tokens and padding. */
const TILE = "#e8590c",
  LIGHT = "#ffffffb0",
  PATCH = "#ffffff80",
  TOKEN = "#e8590cd0",
  PADDING = "#2f62ad",
  EDGE = "#1b1f2440";

/** The colours over what a canvas does not show of a picture. */
const VEIL = "#f7f6f3b8", CUT = "#5c6670c0";

/** The weight of a tile's border. */
const BORDER = 1.6;

/** The smallest side of a patch whose border is drawn, and the least room of a number at the left. */
const VISIBLE = 6, LINE = 15;

/** The look of numbers at the left of patches. */
const RULED: TextLook = { size: 11, weight: 500, colour: TILE };

/** Draws a panel: its pixels, what is padding or is cut off, its tiles and their rows. */
export function drawPanel(pen: Pen, place: PanelPlace): void {
  const { panel, x, y, width } = place, scale = width / panel.size.width;
  const onPoster = ({ left, top, right, bottom }: Box): Box => ({
    left: x + left * scale,
    top: y + top * scale,
    right: x + right * scale,
    bottom: y + bottom * scale,
  });
  const shown = panel.shown.map(onPoster), isPicture = panel.kind === "Picture";
  pen.picture(panel.pixels, panel.size, place);
  pen.outside(shown, place, () => {
    if (isPicture) pen.fill(place, VEIL);
    pen.hatch(place, LIGHT, 3.5);
    pen.hatch(place, isPicture ? CUT : PADDING, 1.5);
  });
  pen.frame(onPoster({ left: 0, top: 0, right: panel.size.width, bottom: panel.size.height }), EDGE, 1);
  if (place.ruled) drawPatches(pen, place, onPoster);
  else drawTiles(pen, place, onPoster);
}

/** Draws a border that is seen on dark and on bright. */
function drawBorder(pen: Pen, box: Box): void {
  pen.frame(box, LIGHT, 2.5 * BORDER);
  pen.frame(box, TILE, BORDER);
}

/** Draws tiles, each with its row. */
function drawTiles(pen: Pen, { panel }: PanelPlace, onPoster: (box: Box) => Box): void {
  const boxes = panel.tiles.map(({ box }) => onPoster(box));
  for (const box of boxes) drawBorder(pen, box);
  for (const [index, { row }] of panel.tiles.entries()) {
    const { left, top, right, bottom } = boxes[index], side = Math.min(right - left, bottom - top);
    if (side < NUMBERED) continue;
    const size = Math.max(10, Math.min(20, side / 8)), inset = Math.min(6, side / 16);
    pen.writeOn("#ffffffe0", String(row), left + inset, top + inset, { size, weight: 650, colour: TILE });
  }
}

/** Draws the grid of patches, a stronger one of the tokens that several become, and rows at the left. */
function drawPatches(pen: Pen, { panel, x }: PanelPlace, onPoster: (box: Box) => Box): void {
  const { rows, columns } = gridOf(panel), across = panel.tokens ? columns / panel.tokens.columns : 1;
  const down = panel.tokens ? rows / panel.tokens.rows : 1;
  const all = onPoster(wholeBox(panel)),
    cell = onPoster({ left: 0, top: 0, right: cellOf(panel).width, bottom: 0 });
  if (cell.right - cell.left >= VISIBLE) drawGrid(pen, all, rows, columns, PATCH, 0.7);
  if (panel.tokens) drawGrid(pen, all, rows / down, columns / across, TOKEN, 0.8);
  else pen.frame(all, TILE, BORDER);
  pen.writeBefore("row", x - 7, all.top - 8, RULED);
  const lines = [...Map.groupBy(panel.tiles, ({ box }) => box.top)].sort(([a], [b]) => a - b);
  let last = -Infinity;
  for (let line = 0; line < lines.length; line += down) {
    const [, tiles] = lines[line], { top } = onPoster(tiles[0].box);
    if (top - last < LINE) continue;
    last = top;
    pen.writeBefore(String(Math.min(...tiles.map(({ row }) => row))), x - 7, top + 6, RULED);
  }
}

/** Draws the lines of a grid. */
function drawGrid(pen: Pen, box: Box, rows: number, columns: number, colour: string, weight: number): void {
  const { left, top, right, bottom } = box;
  for (let line = 0; line <= rows; line++) {
    const y = top + (bottom - top) * line / rows;
    pen.line(left, y, right, y, colour, weight);
  }
  for (let line = 0; line <= columns; line++) {
    const x = left + (right - left) * line / columns;
    pen.line(x, top, x, bottom, colour, weight);
  }
}

/** Returns the box of all tiles of a panel. */
function wholeBox({ tiles }: Panel): Box {
  return {
    left: Math.min(...tiles.map(({ box }) => box.left)),
    top: Math.min(...tiles.map(({ box }) => box.top)),
    right: Math.max(...tiles.map(({ box }) => box.right)),
    bottom: Math.max(...tiles.map(({ box }) => box.bottom)),
  };
}
