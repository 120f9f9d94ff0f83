import { type Markup, markup } from "../../../report/markup.ts";
import type { ImagePanels, PanelTile } from "../../../report/panels/panels.ts";
import type { PageElement } from "./dom.ts";

/** The most rows that are shown one by one, and the longest side that one is drawn with, pixels. */
const MOST = 200, LONGEST = 112;

/** A row of the main output: its panel, counted through all images, and its place there. */
interface ShownRow extends PanelTile {
  readonly panel: number;
}

/**
 * Returns the rows of a sample in the tensor's order; none where they are too many, as patches are, or where
 * each panel is one row, and so has shown all.
 */
export function shownRows(images: readonly ImagePanels[]): ShownRow[] {
  const panels = images.flatMap(({ panels }) => panels);
  const rows = panels.flatMap(({ kind, output, tiles }, panel) =>
    kind === "Picture" || output !== undefined ? [] : tiles.map((tile) => ({ ...tile, panel }))
  );
  return rows.length > MOST || rows.length <= panels.length ? [] : rows.sort((a, b) => a.row - b.row);
}

/** Returns the rows with an empty canvas each. */
export function rowsView(rows: readonly ShownRow[]): Markup {
  const items = rows.map(({ row, box }) => {
    const size = { width: box.right - box.left, height: box.bottom - box.top };
    const scale = Math.min(1, LONGEST / Math.max(size.width, size.height));
    return markup`<li><canvas width="${Math.ceil(size.width * scale)}" height="${
      Math.ceil(size.height * scale)
    }"
role="img" aria-label="Row ${row}"></canvas><span>${row}</span></li>`;
  });
  return markup`<h2>Rows, in the tensor’s order</h2>
<ol>${items}</ol>`;
}

/** Draws rows, each from its panel's canvas. */
export function drawRows(
  rows: readonly ShownRow[],
  canvases: readonly PageElement[],
  panels: readonly PageElement[],
): void {
  for (const [index, { panel, box: { left, top, right, bottom } }] of rows.entries()) {
    const { width, height } = canvases[index], context = canvases[index].getContext("2d");
    context.drawImage(panels[panel], left, top, right - left, bottom - top, 0, 0, width, height);
  }
}
