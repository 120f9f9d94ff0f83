import { type Markup, markup } from "../../../report/markup.ts";

/** A picture of the page's list. */
export interface PictureEntry {
  /** A number of its own. */
  readonly id: number;
  readonly file: File;
  /** The line under its name: its size and tokens, or the reason why it is not taken. */
  line: string;
  /** True where it is not taken. */
  refused: boolean;
}

/** Returns the list of pictures, each with its place and what can be done with it. */
export function picturesView(entries: readonly PictureEntry[]): Markup {
  const items = entries.map(({ id, file: { name }, line, refused }, index) =>
    markup`<li data-id="${id}" class="${refused ? "refused" : ""}">
<canvas width="48" height="48" aria-hidden="true"></canvas>
<b title="${name}">${name}</b>
${button(id, "up", "↑", `Move ${name} up`, index === 0)}
${button(id, "down", "↓", `Move ${name} down`, index === entries.length - 1)}
${button(id, "remove", "×", `Remove ${name}`, false)}
<span ${refused ? [markup`role="alert"`] : []}>${line}</span>
</li>`
  );
  return markup`${items}`;
}

function button(id: number, act: string, sign: string, label: string, disabled: boolean): Markup {
  return markup`<button type="button" id="${act}-${id}" data-act="${act}" aria-label="${label}"
title="${label}" ${disabled ? [markup`disabled`] : []}>${sign}</button>`;
}
