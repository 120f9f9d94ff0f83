import { bytesText } from "../../../report/amounts.ts";
import { element, page } from "./dom.ts";
import { type PictureEntry, picturesView } from "./pictures_view.ts";

/** The part of the page where pictures are listed, put in order and removed. */
export class PicturesPart {
  #entries: PictureEntry[] = [];
  #last = 0;

  /** Listens to the buttons of the list. */
  constructor(onChange: () => void) {
    element("pictures").addEventListener("click", ({ target }) => {
      const { act } = target.closest("button")?.dataset ?? {};
      if (act === undefined) return;
      this.#act(act, Number(target.closest("li")!.dataset.id));
      onChange();
    });
  }

  /** The pictures, in order. */
  get entries(): readonly PictureEntry[] {
    return this.#entries;
  }

  /** Adds pictures at the end. */
  add(files: readonly File[]): void {
    this.#entries.push(
      ...files.map((file) => ({ id: ++this.#last, file, line: bytesText(file.size), refused: false })),
    );
    this.show();
  }

  /** Shows the list as it is. What had the focus has it again, or what stands nearest. */
  show(): void {
    const focused = page.activeElement?.closest("#pictures button")?.id, list = element("pictures");
    list.innerHTML = picturesView(this.#entries).html;
    if (focused === undefined) return;
    const [act, id] = focused.split("-");
    const nearest = [focused, act === "up" ? `down-${id}` : `up-${id}`].map((id) =>
      page.querySelector(`#${id}`)
    );
    const found = nearest.find((button) => button && !button.disabled) ??
      [...list.querySelectorAll("button")].at(-1);
    (found ?? element("files")).focus();
  }

  #act(act: string, id: number): void {
    const entries = this.#entries, at = entries.findIndex((entry) => entry.id === id);
    const [entry] = entries.splice(at, 1);
    if (act !== "remove") entries.splice(act === "up" ? at - 1 : at + 1, 0, entry);
    this.show();
  }
}
