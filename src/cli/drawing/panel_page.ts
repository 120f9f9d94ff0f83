import { Buffer } from "node:buffer";
import { encodePng } from "../../codecs/encode_png.ts";
import { Markup, markup } from "../../report/markup.ts";
import { PAGE_STYLE } from "../../report/page_style.ts";
import { opaque } from "../../report/panels/opaque.ts";
import { panelSection } from "../../report/panels/panel_figure.ts";
import { CONTROLS, HATCH, PANEL_STYLE } from "../../report/panels/panel_style.ts";
import type { Panel, SamplePanels } from "../../report/panels/panels.ts";
import type { PosterText } from "../../report/panels/poster_text.ts";

/** The look of the page around its panels. */
const STYLE = `
body { max-width: 100rem; }
h1, h2 { margin-bottom: 0; }
h1 + p, h2 + p { margin-top: 0; }
`;

/**
 * Returns a sample as one page, with every row of the tensors. It needs nothing beside it: no script, no
 * network. Pictures are PNGs in it, of the pixels that the model sees.
 */
export async function panelPage(
  { images }: SamplePanels,
  { title, total, names }: PosterText,
): Promise<string> {
  const panels = images.flatMap(({ panels }) => panels);
  const pngs = new Map(await Promise.all(panels.map(async (panel) => [panel, await pngOf(panel)] as const)));
  const pixels = (panel: Panel, alt: string) => {
    const { width, height } = panel.size;
    return markup`<img src="${pngs.get(panel)!}" width="${width}" height="${height}" alt="${alt}">`;
  };
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: ${names.join(", ")}</title>
<style>${new Markup(PAGE_STYLE + PANEL_STYLE + STYLE)}</style>
</head>
<body>
${HATCH}
<h1>${title}</h1>
<p>${total}</p>
${CONTROLS}
<main>
${images.map((image, index) => panelSection(image, names[index], pixels))}
</main>
</body>
</html>
`.html;
}

/** Returns a panel's pixels as a data URI. */
async function pngOf({ pixels, size: { width, height } }: Panel): Promise<string> {
  const png = await encodePng(width, height, opaque(pixels));
  return `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
}
