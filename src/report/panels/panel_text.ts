import { sizeText } from "../../plan/geometry.ts";
import type { PlannedImage } from "../../plan/plan.ts";
import { countText } from "../amounts.ts";
import type { ImagePanels, Panel } from "./panels.ts";

/** The smallest side of a tile that is not called a patch, pixels. */
const TILE = 32;

/** Returns the line under an image's name: its size, its rows and its tokens. */
export function imageText({ image, panels }: ImagePanels): string {
  const rows = new Set(
    panels.filter(({ kind, output }) => kind !== "Picture" && output === undefined).flatMap(({ tiles }) =>
      tiles.map(({ row }) => row)
    ),
  );
  return [
    shown(sizeText(image.size)),
    rows.size > 0 && countText(rows.size, "row"),
    image.tokens !== undefined && countText(image.tokens, "token"),
  ].filter(Boolean).join(" · ");
}

/** Returns the line under a panel's name: its size, its grid, its rows. */
export function panelText(panel: Panel, image: PlannedImage): string {
  const { kind, size, tiles, tokens, output } = panel;
  if (kind === "Picture") {
    const all = tiles.length < panel.shown.length; // one of them is the whole picture
    return `${shown(sizeText(image.size))} · ${all ? "crops outlined" : "hatched: not seen"}`;
  }
  const { rows, columns } = gridOf(panel), cell = cellOf(panel);
  const cells = Math.min(cell.width, cell.height) < TILE ? "patches" : "tiles";
  return [
    shown(sizeText(size)),
    tiles.length > 1 && `${rows}×${columns} ${cells}`,
    tokens && `${tokens.rows}×${tokens.columns} tokens of ${rows / tokens.rows}×${columns / tokens.columns}`,
    rowsText(panel) + (output === undefined ? "" : ` of ${output}`),
  ].filter(Boolean).join(" · ");
}

/** Returns the rows of a panel: `row 3`, `rows 3–8`. */
export function rowsText({ tiles }: Panel): string {
  const rows = tiles.map(({ row }) => row), [first, last] = [Math.min(...rows), Math.max(...rows)];
  return first === last ? `row ${first}` : `rows ${first}–${last}`;
}

/** Returns how many tiles a panel has down and across. */
export function gridOf({ tiles }: Panel): { rows: number; columns: number } {
  const count = (values: number[]) => new Set(values).size;
  return { rows: count(tiles.map(({ box }) => box.top)), columns: count(tiles.map(({ box }) => box.left)) };
}

/** Returns the size of a panel's tiles, pixels. */
export function cellOf({ tiles: [{ box }] }: Panel): { width: number; height: number } {
  return { width: box.right - box.left, height: box.bottom - box.top };
}

/** Returns a size with the sign that it is read with: `1920×1080`. */
function shown(size: string): string {
  return size.replace("x", "×");
}
