import { encodePng } from "../../codecs/encode_png.ts";
import type { Box } from "../../plan/geometry.ts";
import { PAGE_STYLE } from "../output/page_style.ts";
import { Markup, markup } from "../output/sft/markup.ts";
import { opaque } from "./opaque.ts";
import { cellOf, gridOf, imageText, panelText } from "./panel_text.ts";
import type { ImagePanels, Panel, SamplePanels } from "./panels.ts";
import type { PosterText } from "./poster_text.ts";

/** The look of panels. What lies over one is switched off by the boxes at the head of the page. */
const STYLE = `
body { max-width: 100rem; }
h1, h2 { margin-bottom: 0; }
h1 + p, h2 + p { margin-top: 0; }
.panels { display: flex; flex-wrap: wrap; gap: 1.75rem; align-items: flex-start; }
figure { margin: 0; min-width: 12rem; max-width: 100%; }
figure.ruled { padding-left: 3.25rem; }
figcaption { margin-bottom: .4rem; line-height: 1.35; }
figcaption span { display: block; color: var(--dim); font-size: .875rem; }
.panel { position: relative; display: block; outline: 1px solid var(--line); max-width: 100%;
  width: min(var(--width), calc(45rem * var(--shape))); }
.panel:has(input:checked) { width: var(--width); max-width: none; }
.panel:focus-within { outline: 3px solid var(--bar); }
.panel input { position: absolute; opacity: 0; }
.panel img { display: block; width: 100%; height: auto; }
.panel svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.tile { fill: none; stroke: #e8590c; stroke-width: 1.6; vector-effect: non-scaling-stroke; }
.token { fill: none; stroke: #e8590cd0; vector-effect: non-scaling-stroke; }
.patch { fill: none; stroke: #fff8; stroke-width: .7; vector-effect: non-scaling-stroke; }
.padding { fill: url(#hatch); }
.unseen { fill: #f7f6f3b8; }
.row { position: absolute; margin: .25rem; padding: 0 .35em; border-radius: .3em; background: #ffffffe0;
  color: #c2410c; font: 650 .875rem/1.35 system-ui, sans-serif; }
.rule { position: absolute; right: calc(100% + .4rem); color: var(--mark); font: 500 .7rem/1 system-ui; }
body:has(#rows:not(:checked)) :is(.row, .rule), body:has(#grid:not(:checked)) :is(.tile, .token, .patch),
body:has(#seen:not(:checked)) :is(.padding, .unseen) { display: none; }
label { margin-right: 1.5rem; }
@media print { .controls { display: none; } }
`;

/** The most numbers at the left of a panel of patches. */
const RULED = 30;

/**
 * Returns a sample as one page, with every row of the tensors. It needs nothing beside it: no script, no
 * network. Pictures are PNGs in it, of the pixels that the model sees.
 */
export async function panelPage(sample: SamplePanels, { title, total, names }: PosterText): Promise<string> {
  const sections = await Promise.all(sample.images.map((image, index) => sectionOf(image, names[index])));
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: ${names.join(", ")}</title>
<style>${new Markup(PAGE_STYLE + STYLE)}</style>
</head>
<body>
<svg width="0" height="0" style="position: absolute" aria-hidden="true">
<pattern id="hatch" patternUnits="userSpaceOnUse" width="12" height="12" patternTransform="rotate(45)">
<rect width="4" height="12" fill="#fff9"/><rect width="1.8" height="12" fill="#2f62ad"/></pattern></svg>
<h1>${title}</h1>
<p>${total}</p>
<p class="controls"><label><input type="checkbox" id="rows" checked> rows</label>
<label><input type="checkbox" id="grid" checked> grid</label>
<label><input type="checkbox" id="seen" checked> padding and what is cut off</label>
A click on a panel, or the space bar, shows it at its own size.</p>
<main>
${sections}
</main>
</body>
</html>
`.html;
}

/** Returns an image's name, what is known of it, and its panels. */
async function sectionOf(shown: ImagePanels, name: string): Promise<Markup> {
  const figures = await Promise.all(shown.panels.map((panel) => figureOf(panel, shown, name)));
  return markup`<section>
<h2>${name}</h2>
<p>${imageText(shown)}</p>
<div class="panels">
${figures}
</div>
</section>`;
}

/** Returns a panel under its caption. */
async function figureOf(panel: Panel, { image }: ImagePanels, name: string): Promise<Markup> {
  const { kind, size: { width, height } } = panel, text = panelText(panel, image);
  const patches = kind !== "Picture" && panel.tiles.length > 1 &&
    Math.min(cellOf(panel).width, cellOf(panel).height) < 32;
  return markup`<figure class="${patches ? "ruled" : ""}">
<figcaption><b>${kind}</b><span>${text}</span></figcaption>
<label class="panel" style="--width: ${width}px; --shape: ${(width / height).toFixed(4)}">
<input type="checkbox" aria-label="${kind} of ${name}, ${text}: at its own size">
<img src="${await pngOf(panel)}" width="${width}" height="${height}" alt="${kind} of ${name}">
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
${unseenOf(panel)}
${patches ? patchLines(panel) : panel.tiles.map(({ row, box }) => tileOf(row, box))}
</svg>
${patches ? ruleOf(panel) : panel.tiles.map(({ row, box }) => rowOf(row, box, panel))}
</label>
</figure>`;
}

/** Returns a panel's pixels as a data URI. */
async function pngOf({ pixels, size: { width, height } }: Panel): Promise<string> {
  return `data:image/png;base64,${(await encodePng(width, height, opaque(pixels))).toBase64()}`;
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
