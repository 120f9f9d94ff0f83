import { opaque } from "../../../report/panels/opaque.ts";
import { markup } from "../../../report/markup.ts";
import { panelSection } from "../../../report/panels/panel_figure.ts";
import type { Panel } from "../../../report/panels/panels.ts";
import { type Checks, checksView } from "./checks_view.ts";
import { element, page, type PageElement } from "./dom.ts";
import type { MadeSample } from "../work/page_work.ts";
import { outputsView, promptView, summaryView } from "./results_view.ts";
import { drawRows, rowsView, shownRows } from "./rows_part.ts";

/**
 * Shows a sample: its counts, its panels, its rows, its tensors and its prompt.
 * @param model the name of the model
 */
export function showSample(sample: MadeSample, model: string): void {
  const { images, words: { names }, prompt } = sample, panels = images.flatMap(({ panels }) => panels);
  const sections = images.map((shown, index) => panelSection(shown, names[index], canvasOf));
  element("summary").innerHTML = summaryView(sample, model).html;
  element("panels").innerHTML = markup`${sections}`.html;
  element("outputs").innerHTML = outputsView(sample).html;
  element("prompt").innerHTML = promptView(prompt, names).html;
  const canvases = [...page.querySelectorAll("#panels canvas")], rows = shownRows(images);
  for (const [index, canvas] of canvases.entries()) paint(canvas, panels[index]);
  element("rows-shown").hidden = rows.length === 0;
  element("rows-shown").innerHTML = rowsView(rows).html;
  drawRows(rows, [...page.querySelectorAll("#rows-shown canvas")], canvases);
  element("empty").hidden = true;
  element("shown").hidden = false;
}

/** Shows small pictures beside the names of the list, each the first panel of its section. */
export function showThumbnails(taken: readonly number[]): void {
  const sections = [...page.querySelectorAll("#panels section")];
  if (sections.length !== taken.length) return; // a clip has one for all its frames
  for (const [index, id] of taken.entries()) {
    const [from] = sections[index].querySelectorAll("canvas");
    const [to] = page.querySelectorAll(`#pictures [data-id="${id}"] canvas`);
    const scale = Math.max(to.width / from.width, to.height / from.height);
    const [width, height] = [from.width * scale, from.height * scale];
    to.getContext("2d").drawImage(from, (to.width - width) / 2, (to.height - height) / 2, width, height);
  }
}

/** Shows the executors that were checked so far. */
export function showChecks(checks: Checks): void {
  element("checks").innerHTML = checksView(checks).html;
}

/** Shows no sample; `empty` also says how to begin. */
export function showNothing(empty: boolean): void {
  element("empty").hidden = !empty;
  element("shown").hidden = true;
}

function canvasOf({ size: { width, height } }: Panel, alt: string) {
  return markup`<canvas width="${width}" height="${height}" role="img" aria-label="${alt}"></canvas>`;
}

function paint(canvas: PageElement, { pixels, size: { width, height } }: Panel): void {
  const bytes = new Uint8ClampedArray(opaque(pixels).buffer as ArrayBuffer);
  canvas.getContext("2d").putImageData(new ImageData(bytes, width, height), 0, 0);
}
