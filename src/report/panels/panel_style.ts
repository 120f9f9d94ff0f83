import { type Markup, markup } from "../markup.ts";

/** The look of panels. What lies over one is switched off by the boxes at the head of the page. */
export const PANEL_STYLE: string = `
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
.panel :is(img, canvas) { display: block; width: 100%; height: auto; }
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
.controls label { margin-right: 1.5rem; }
@media print { .controls { display: none; } }
`;

/** The pattern of what is padding or is not seen, which stands once on a page. */
export const HATCH: Markup = markup`<svg width="0" height="0" style="position: absolute" aria-hidden="true">
<pattern id="hatch" patternUnits="userSpaceOnUse" width="12" height="12" patternTransform="rotate(45)">
<rect width="4" height="12" fill="#fff9"/><rect width="1.8" height="12" fill="#2f62ad"/></pattern></svg>`;

/** The boxes that switch off what lies over panels, which stand once on a page. */
export const CONTROLS: Markup =
  markup`<p class="controls"><label><input type="checkbox" id="rows" checked> rows</label>
<label><input type="checkbox" id="grid" checked> grid</label>
<label><input type="checkbox" id="seen" checked> padding and what is cut off</label>
A click on a panel, or the space bar, shows it at its own size.</p>`;
