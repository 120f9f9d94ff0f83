import type { Box } from "../../plan/geometry.ts";
import { type Markup, markup } from "../markup.ts";
import { cellOf, gridOf, imageText, panelText } from "./panel_text.ts";
import type { ImagePanels, Panel } from "./panels.ts";

/** The most numbers at the left of a panel of patches. */
const RULED = 30;

/**
 * Returns an image's name, what is known of it, and its panels.
 * @param pixels the markup of a panel's pixels: an `img` or a `canvas`
 */
export function panelSection(
  shown: ImagePanels,
  name: string,
  pixels: (panel: Panel, alt: string) => Markup,
): Markup {
  return markup`<section>
<h2>${name}</h2>
<p>${imageText(shown)}</p>
<div class="panels">
${shown.panels.map((panel) => figureOf(panel, shown, name, pixels(panel, `${panel.kind} of ${name}`)))}
</div>
</section>`;
}

/** Returns a panel under its caption. */
function figureOf(panel: Panel, { image }: ImagePanels, name: string, pixels: Markup): Markup {
  const { kind, size: { width, height } } = panel, text = panelText(panel, image);
  const patches = kind !== "Picture" && panel.tiles.length > 1 &&
    Math.min(cellOf(panel).width, cellOf(panel).height) < 32;
  return markup`<figure class="${patches ? "ruled" : ""}">
<figcaption><b>${kind}</b><span>${text}</span></figcaption>
<label class="panel" style="--width: ${width}px; --shape: ${(width / height).toFixed(4)}">
<input type="checkbox" aria-label="${kind} of ${name}, ${text}: at its own size">
${pixels}
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
${unseenOf(panel)}
${patches ? patchLines(panel) : panel.tiles.map(({ row, box }) => tileOf(row, box))}
</svg>
${patches ? ruleOf(panel) : panel.tiles.map(({ row, box }) => rowOf(row, box, panel))}
</label>
</figure>`;
}

/** Returns what lies over padding, or over what is not seen of a picture. */
function unseenOf({ kind, size: { width, height }, shown }: Panel): Markup[] {
  const path = [{ left: 0, top: 0, right: width, bottom: height }, ...shown].map(pathOf).join("");
  const classes = kind === "Picture" ? ["unseen", "padding"] : ["padding"];
  if (
    shown.some(({ left, top, right, bottom }) =>
      left < 1 && top < 1 && right > width - 1 && bottom > height - 1
    )
  ) {
    return [];
  }
  return classes.map((name) => markup`<path class="${name}" fill-rule="evenodd" d="${path}"/>`);
}

function pathOf({ left, top, right, bottom }: Box): string {
  return `M${[left, top].map(number)}H${number(right)}V${number(bottom)}H${number(left)}Z`;
}

function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function tileOf(row: number, box: Box): Markup {
  return markup`<path class="tile" d="${pathOf(box)}"><title>row ${row}</title></path>`;
}

/** Returns a row's number in the corner of its tile. */
function rowOf(row: number, { left, top }: Box, { size }: Panel): Markup {
  const [x, y] = [left / size.width, top / size.height].map((share) => (100 * share).toFixed(2));
  return markup`<span class="row" style="left: ${x}%; top: ${y}%">${row}</span>`;
}

/** Returns the grid of patches, and over it that of the tokens that several become. */
function patchLines(panel: Panel): Markup[] {
  const { rows, columns } = gridOf(panel), { tokens } = panel;
  return [
    markup`<path class="patch" d="${gridPath(panel, rows, columns)}"/>`,
    ...(tokens ? [markup`<path class="token" d="${gridPath(panel, tokens.rows, tokens.columns)}"/>`] : []),
  ];
}

/** Returns the lines of a grid over all tiles of a panel. */
function gridPath({ tiles }: Panel, rows: number, columns: number): string {
  const right = Math.max(...tiles.map(({ box }) => box.right));
  const bottom = Math.max(...tiles.map(({ box }) => box.bottom));
  const down = Array.from(
    { length: rows + 1 },
    (_, line) => `M0,${number(bottom * line / rows)}H${number(right)}`,
  );
  const across = Array.from(
    { length: columns + 1 },
    (_, line) => `M${number(right * line / columns)},0V${number(bottom)}`,
  );
  return [...down, ...across].join("");
}

/** Returns the first row of some lines of patches, at the left of them. */
function ruleOf(panel: Panel): Markup[] {
  const step = panel.tokens ? gridOf(panel).rows / panel.tokens.rows : 1;
  const lines = [...Map.groupBy(panel.tiles, ({ box }) => box.top)].sort(([a], [b]) => a - b)
    .filter((_, line) => line % step === 0);
  const each = Math.ceil(lines.length / RULED);
  return lines.filter((_, line) => line % each === 0).map(([top, tiles]) => {
    const first = Math.min(...tiles.map(({ row }) => row)), y = (100 * top / panel.size.height).toFixed(2);
    return markup`<span class="rule" style="top: ${y}%">${first}</span>`;
  });
}
