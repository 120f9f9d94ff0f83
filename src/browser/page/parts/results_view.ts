import { countText } from "../../../report/amounts.ts";
import { type Markup, markup } from "../../../report/markup.ts";
import type { OutputDocument } from "../../../report/plan_document.ts";
import type { PlaceholderPiece } from "../../../text/expansion/placeholder_pieces.ts";
import type { MadeSample, Prompt } from "../work/page_work.ts";

/** The most ids that are shown. */
const IDS = 24;

/** Returns a number as people read it: `14 745 600`. */
export function numberText(value: number): string {
  return value.toLocaleString("en").replaceAll(",", "\u202f");
}

/** Returns a time: `12 ms`, `1.4 s`. */
export function timeText(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

/**
 * Returns the model's name, the counts of a sample, and the button that saves it.
 * @param model the name of the model
 */
export function summaryView(sample: MadeSample, model: string): Markup {
  const { words, images, rows, tokens, executor, why, backend, ms } = sample;
  const facts = [
    [numberText(images.length), images.length === 1 ? "picture" : "pictures"],
    [numberText(rows), rows === 1 ? "row" : "rows"],
    [tokens === null ? "?" : numberText(tokens), "tokens"],
    [timeText(ms), "to the tensors"],
  ];
  const notes = [
    words.title,
    ...(backend ? [`backend ${backend.name}, since ${backend.reason}`] : []),
    `made by ${executor}, since ${why}`,
    ...(tokens === null ? ["its config does not say how many tokens a picture becomes"] : []),
  ];
  return markup`<h2 data-executor="${executor}">${model}</h2>
<p class="hint">${notes.join(" · ")}</p>
<dl class="facts">
${facts.map(([value, name]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>
<p class="act"><button type="button" id="save">Download the tensors</button>
<span class="hint">as safetensors, the file that vitrail tile writes</span></p>`;
}

/** Returns the tensors of a sample: names, types and shapes. */
export function outputsView({ outputs }: MadeSample): Markup {
  const rows = Object.entries(outputs).map(([name, output]) =>
    markup`<tr><th scope="row">${name}</th><td>${output.dtype}</td><td>${shapeText(output)}</td></tr>`
  );
  return markup`<h2>Tensors</h2>
<table><thead><tr><th scope="col">name</th><th scope="col">type</th><th scope="col">shape</th></tr></thead>
<tbody>
${rows}
</tbody></table>`;
}

function shapeText({ shape, shapes, lists }: OutputDocument): string {
  if (shapes) return shapes.map((own) => own.join(" × ")).join(" and ");
  return shape.join(" × ") + (lists ? ` as lists of ${lists.join(", ")}` : "");
}

/** Returns the text that stands for the pictures, each mark once with its count, and its ids. */
export function promptView({ images, ids }: Prompt, names: readonly string[]): Markup {
  const texts = images.map((pieces, index) =>
    pieces === undefined
      ? markup`<p class="hint">${names[index]}: the recipe does not say which text stands for it.</p>`
      : markup`<p class="prompt">${pieces.map(pieceView)}</p>`
  );
  const whole = images.every((pieces) => pieces !== undefined);
  const button = markup`<p class="act"><button type="button" id="copy">Copy the whole text</button></p>`;
  return markup`<h2>Prompt</h2>
${texts}
${whole ? [idsView(ids), button] : []}`;
}

function pieceView({ text, times, mark }: PlaceholderPiece): Markup {
  const shown = text.replaceAll("\n", "⏎");
  if (!mark) return markup`<span>${shown}</span>`;
  const count = times === 1 ? [] : [markup`<b>×${numberText(times)}</b>`];
  return markup`<code>${shown}${count}</code>`;
}

function idsView(ids: Prompt["ids"]): Markup {
  if (ids === undefined) {
    return markup`<p class="hint">Drop a tokenizer.json to see its ids.</p>`;
  }
  if (typeof ids === "string") return markup`<p class="trouble">${ids}</p>`;
  const more = ids.length > IDS ? " …" : "";
  return markup`<p class="hint">${countText(ids.length, "id")}: ${
    [...ids.subarray(0, IDS)].join(" ")
  }${more}</p>`;
}

/** Returns the text that a prompt's pieces make. */
export function promptText({ images }: Prompt): string {
  return images.flatMap((pieces = []) => pieces.map(({ text, times }) => text.repeat(times))).join("");
}
