// @ts-types="./std_html.d.ts"
import { escape } from "npm:deno-std@1.4.0/html/entities.js";

/** A piece of a page, in which all that is not markup is escaped. */
export class Markup {
  /** Takes HTML. */
  constructor(readonly html: string) {}
}

/** A value between pieces of a page: a text, which is escaped, or markup, which is not. */
export type MarkupValue = string | number | Markup | readonly Markup[];

/** Returns the markup of a template, whose values are escaped. */
export function markup(pieces: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return new Markup(pieces.reduce((html, piece, index) => html + htmlOf(values[index - 1]) + piece));
}

function htmlOf(value: MarkupValue): string {
  if (value instanceof Markup) return value.html;
  if (typeof value === "object") return value.map(({ html }) => html).join("\n");
  return escape(String(value));
}
