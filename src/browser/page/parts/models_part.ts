import { element, page, type PageElement } from "./dom.ts";
import { modelRadio } from "./model_radio.ts";
import type { ModelOrder } from "../work/order.ts";
import type { JsonObject } from "../../../recipes/model_config.ts";

/** The part of the page where a model is chosen. */
export class ModelsPart {
  #files: Readonly<Record<string, JsonObject>> = {};

  /** Listens to the list and to what is searched in it. */
  constructor(onChange: () => void) {
    const search = element("search");
    search.addEventListener("input", () => this.#search(search.value));
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const [found] = shownRadios();
      found?.focus();
      found?.click();
    });
    element("models").addEventListener("change", onChange);
    element("dropped").addEventListener("click", ({ target }) => {
      if (!target.closest("button")) return;
      this.#files = {};
      element("dropped").innerHTML = "";
      const [first] = radios();
      first.checked = true;
      first.focus();
      onChange();
    });
  }

  /** The model that is chosen. */
  get chosen(): ModelOrder {
    const order = JSON.parse(radios().find(({ checked }) => checked)!.value) as ModelOrder;
    return "files" in order ? { files: this.#files } : order;
  }

  /** The name of the model that is chosen. */
  get name(): string {
    const label = radios().find(({ checked }) => checked)!.closest("label")!;
    return [...label.querySelectorAll("span")][0].firstChild.textContent;
  }

  /** Scrolls the list until the chosen model is in view: the list shrinks as pictures are added. */
  keepInView(): void {
    const list = element("models"), label = radios().find(({ checked }) => checked)!.closest("label")!;
    const top = label.offsetTop - list.offsetTop, room = list.clientHeight - label.clientHeight;
    if (top < list.scrollTop || top > list.scrollTop + room) list.scrollTop = top - room / 2;
  }

  /** Takes the configs of one drop, in place of those of the drop before, and chooses them. */
  take(configs: Readonly<Record<string, JsonObject>>): void {
    this.#files = configs;
    const note = Object.keys(configs).join(", "), order = { files: {} }; // they are kept here
    element("dropped").innerHTML = modelRadio({ order, name: "What was dropped", note }, true).html +
      `<button type="button" aria-label="Remove the files that were dropped" title="Remove">×</button>`;
  }

  /** Shows the models whose names or classes hold all words. */
  #search(text: string): void {
    const words = text.toLowerCase().split(/\s+/);
    for (const radio of radios()) {
      const label = radio.closest("label")!, found = `${label.textContent} ${radio.value}`.toLowerCase();
      label.hidden = !words.every((word) => found.includes(word));
    }
    for (const group of page.querySelectorAll("#models fieldset")) {
      group.hidden = [...group.querySelectorAll("label:not([hidden])")].length === 0;
    }
    element("unfound").hidden = shownRadios().length > 0;
  }
}

function radios(): PageElement[] {
  return [...page.querySelectorAll("#models input")];
}

function shownRadios(): PageElement[] {
  return [...page.querySelectorAll("#models label:not([hidden]) input")];
}
