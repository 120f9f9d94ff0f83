/** Chat templates that were joined of parts at random. */

import { chatTemplate } from "../../../src/text/chat_template.ts";
import { type Draw, oneOf } from "../../support/fuzz/draws.ts";
import { damagedCopy } from "../../support/pictures/mutations.ts";
import { type FuzzRow, orOurError } from "../fuzz_row.ts";

const VALUES = [
  ...["messages", "messages[0]", "messages[-1]['content']", "m", "m.role", "m['content']", "x", "none"],
  ...[
    "add_generation_prompt",
    "tools",
    "range(3)",
    "range(10**18)",
    "range(2000000)",
    "10**9",
    "'a' * 1000000",
  ],
  ...["loop.index", "namespace(n=0)", "messages|length", "'%s' % m", "m.content[::-1]", "m.content.strip()"],
  ...[
    "m.content.split('a')",
    "messages|tojson",
    "m|items",
    "dict(a=1)",
    "{}",
    "[messages, messages]",
    "-0",
    "1/0",
  ],
  ...[
    "raise_exception('no')",
    "strftime_now('%Y')",
    "m.content.replace('', 'aaaa')",
    "x.y.z",
    "self",
    "caller()",
  ],
];
const TESTS = [
  "m.role == 'user'",
  "loop.first",
  "x is defined",
  "m.content is string",
  "not tools",
  "1 < 'a'",
];

const MESSAGES = [
  { role: "user", content: "what is it" },
  { role: "assistant", content: [{ type: "text", text: "a thing" }] },
];

/** Returns a part of a template; those within it are fewer. */
function part(draw: Draw, depth: number): string {
  const value = oneOf(draw, VALUES), test = oneOf(draw, TESTS);
  const inner = () => depth > 0 ? part(draw, depth - 1) + part(draw, depth - 1) : "";
  switch (draw(8)) {
    case 0:
      return `{% for m in ${value} %}${inner()}{% endfor %}`;
    case 1:
      return `{%- if ${test} -%}${inner()}{% else %}${inner()}{% endif %}`;
    case 2:
      return `{% set x = ${value} %}`;
    case 3:
      return `{% macro f(a) %}${inner()}{{ f(a) if a else '' }}{% endmacro %}{{ f(${value}) }}`;
    case 4:
      return `{% set x = x ~ x ~ '${"a".repeat(draw(100))}' %}${inner()}`;
    case 5:
      return `{{ ${value} ${oneOf(draw, ["+", "~", "*", "%", "in", "and", "|join", "|"])} ${
        oneOf(draw, VALUES)
      } }}`;
    case 6:
      return oneOf(draw, [
        "{%",
        "%}",
        "{{",
        "}}",
        "{#",
        "\\",
        "'",
        "{% break %}",
        "{% generation %}",
        "\n  ",
      ]);
    default:
      return `{{ ${value} }}`;
  }
}

export function open(): Promise<FuzzRow> {
  return Promise.resolve({
    input(draw) {
      const text = Array.from({ length: 1 + draw(4) }, () => part(draw, 3)).join("");
      const bytes = new TextEncoder().encode(text);
      return { bytes: draw(6) === 0 ? damagedCopy(bytes, draw(2 ** 32)) : bytes, ending: "jinja" };
    },
    async attack({ bytes }) {
      const template = await orOurError(() => chatTemplate(new TextDecoder().decode(bytes)));
      if (template === undefined) return undefined;
      const text = await orOurError(() => template.write(MESSAGES, true));
      return text === undefined || typeof text === "string" ? undefined : `it wrote ${typeof text}`;
    },
  });
}
