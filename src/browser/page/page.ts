/**
 * The page of `deno task page`: pictures and a model go in, and what the model sees is shown.
 *
 * @module
 */

import { messageOf } from "../../errors.ts";
import { imageText } from "../../report/panels/panel_text.ts";
import { CHECKED_EXECUTORS, type Checks } from "./parts/checks_view.ts";
import { element, page } from "./parts/dom.ts";
import { droppedFiles } from "./parts/dropped_files.ts";
import { ModelsPart } from "./parts/models_part.ts";
import type { Order } from "./work/order.ts";
import type { Made, MadeSample, TroubleAt } from "./work/page_work.ts";
import { PicturesPart } from "./parts/pictures_part.ts";
import { showChecks, showNothing, showSample, showThumbnails } from "./parts/results_part.ts";
import { promptText } from "./parts/results_view.ts";
import { Workshop, WorkTrouble } from "./work/workshop.ts";

/** The time in which changes may follow one another before they are made, ms: of choices, and of typing. */
const CHOOSING = 80, TYPING = 400;

/** The elements that show what went wrong, by its place. */
const TROUBLES: Record<TroubleAt, string> = {
  model: "model-trouble",
  sample: "trouble",
};

const pictures = new PicturesPart(() => changed(CHOOSING)), models = new ModelsPart(() => changed(CHOOSING));

/** The Worker that makes what is shown, and the one that checks it, which ends as soon as it is outdated. */
const maker = new Workshop();
let checker: Workshop | undefined;

let timer: ReturnType<typeof setTimeout> | undefined, turn = 0, shown: MadeSample | undefined;

/** The number of drops that are being read, and lines about their files, shown with what is made of all. */
let reading = 0, unsaid: string[] = [];

/** Makes all anew, once no other change has followed for a while. */
function changed(after: number): void {
  outdate();
  timer = setTimeout(() => void refresh(), after);
}

/**
 * Has nothing shown any more of what is being made, since pictures and model are others now.
 * @returns the number of the turn that begins
 */
function outdate(): number {
  clearTimeout(timer);
  checker?.close();
  return ++turn;
}

async function refresh(): Promise<void> {
  const own = outdate(), { entries } = pictures;
  if (entries.length === 0) {
    showNothing(true);
    say("");
    showTroubles({});
    page.body.classList.toggle("busy", false);
    return;
  }
  const order: Order = {
    model: models.chosen,
    settings: element("settings").value,
    pictures: entries.map(({ file }) => file),
  };
  say("Making the tensors…");
  page.body.classList.toggle("busy", true);
  try {
    const made = await maker.ask("make", order);
    if (own !== turn) return;
    show(made);
    showTroubles({});
    if (made.sample) void check(own, { ...order, pictures: takenOf(made).map(({ file }) => file) });
  } catch (error) {
    if (own !== turn) return;
    showNothing(false);
    say("");
    const why = messageOf(error);
    showTroubles({ sample: why, ...(error instanceof WorkTrouble && { [error.at]: why }) });
  } finally {
    if (own === turn) page.body.classList.toggle("busy", false);
  }
}

/** Returns the entries of pictures that were taken. */
function takenOf({ refused }: Made) {
  return pictures.entries.filter((_, index) => refused.every(({ picture }) => picture !== index));
}

/** Shows what was made, with a line for each picture. */
function show(made: Made): void {
  const { refused, sample } = made, taken = takenOf(made);
  const own = sample?.images.length === taken.length ? sample.images : undefined;
  for (const [index, entry] of taken.entries()) {
    Object.assign(entry, { refused: false, line: own ? imageText(own[index]) : "a frame of the clip" });
  }
  for (const { picture, why } of refused) {
    Object.assign(pictures.entries[picture], { refused: true, line: why });
  }
  shown = sample;
  if (sample === undefined) {
    showNothing(false);
    say("");
  } else {
    showSample(sample, models.name);
    say(`${models.name}: ${sample.words.total}`);
  }
  pictures.show();
  models.keepInView();
  if (sample) showThumbnails(taken.map(({ id }) => id));
  page.body.classList.toggle("busy", false);
}

/** Runs every executor that a page may have, and shows its times and its differences. */
async function check(own: number, order: Order): Promise<void> {
  const checks: Checks = {};
  showChecks(checks);
  const workshop = checker = new Workshop();
  for (const executor of Object.keys(CHECKED_EXECUTORS) as (keyof Checks)[]) {
    const found = await workshop.ask("check", { order, executor }).catch(messageOf);
    if (own !== turn) return;
    checks[executor] = found;
    showChecks(checks);
  }
  workshop.close();
}

/** Shows a line where something went wrong; none where the line is empty. */
function trouble(at: TroubleAt, why: string): void {
  const line = element(TROUBLES[at]);
  line.textContent = why;
  line.hidden = why === "";
  if (why !== "") line.scrollIntoView({ block: "nearest" });
}

/** Shows what went wrong with what was made, and with the files that were dropped for it; else no line. */
function showTroubles(own: Partial<Record<TroubleAt, string>>): void {
  const files = unsaid;
  unsaid = [];
  trouble("sample", own.sample ?? "");
  trouble("model", [...own.model ? [own.model] : [], ...files].join("; "));
}

function say(text: string): void {
  element("status").textContent = text;
}

/** Takes files that were chosen, dropped or pasted. What comes while they are read is shown with them. */
async function take(files: Iterable<File>): Promise<void> {
  reading++;
  try {
    const { pictures: own, configs, tokenizer, troubles } = await droppedFiles(files);
    outdate();
    pictures.add(own);
    if (Object.keys(configs).length > 0) models.take(configs);
    if (tokenizer) await maker.ask("tokenize", tokenizer).catch((error) => troubles.push(messageOf(error)));
    unsaid.push(...troubles);
  } finally {
    reading--;
  }
  if (reading === 0) await refresh();
}

/** Saves the tensors that are shown. */
async function save(): Promise<void> {
  const link = page.createElement("a");
  link.href = URL.createObjectURL(await maker.ask("save", shown?.number));
  link.download = "sample.safetensors";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function copy(button: { textContent: string }): Promise<void> {
  const { clipboard } = navigator as unknown as { clipboard: { writeText(text: string): Promise<void> } };
  await clipboard.writeText(promptText(shown!.prompt));
  button.textContent = "Copied";
}

element("files").addEventListener("change", ({ target }) => {
  void take([...target.files!]);
  target.value = ""; // so that the same file can be chosen again
});
element("settings").addEventListener("input", () => changed(TYPING));
element("choices").addEventListener("submit", (event) => event.preventDefault());
element("results").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.id === "save") save().catch((error) => trouble("sample", messageOf(error)));
  if (button?.id === "copy") copy(button).catch((error) => trouble("sample", messageOf(error)));
});
page.addEventListener("dragover", (event) => {
  event.preventDefault();
  page.body.classList.toggle("dragging", event.dataTransfer?.types.includes("Files") ?? false);
});
page.addEventListener("dragleave", ({ relatedTarget }) => {
  if (!relatedTarget) page.body.classList.toggle("dragging", false);
});
page.addEventListener("drop", (event) => {
  event.preventDefault();
  page.body.classList.toggle("dragging", false);
  void take([...event.dataTransfer?.files ?? []]);
});
page.addEventListener("paste", (event) => {
  const files = [...event.clipboardData?.files ?? []];
  if (files.length > 0) void take(files);
});
void maker.ask("open", undefined).catch(() => {}); // an order will say what is wrong
