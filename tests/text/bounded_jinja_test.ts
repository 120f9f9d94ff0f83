import { assert, assertEquals, assertThrows } from "@std/assert";
import { Template as Jinja } from "npm:@huggingface/jinja@0.5.11";
import { VitrailError } from "../../src/errors.ts";
import { renderBounded, TEMPLATE_BOUNDS } from "../../src/text/bounded_jinja.ts";
import { chatTemplate } from "../../src/text/chat_template.ts";

/** Bounds that are soon reached. */
const SMALL = { ...TEMPLATE_BOUNDS, steps: 20_000, characters: 10_000, items: 1000 };

const MESSAGES = [{ role: "user", content: "Hello" }];

Deno.test("renderBounded writes what the library writes", () => {
  const source = [
    "{% for m in messages %}{{ loop.index }}{{ m.role | upper }}{% endfor %}{{ range(7, 1, -2) | join }}",
    "{{ range(3) | string }}{{ range(5, 2) | length }}{{ True and none is none }}",
    "{{ strftime_now('%Y') | length }}",
  ].join("");
  const jinja = new Jinja(source), items = { messages: MESSAGES };
  assertEquals(renderBounded(jinja, "t", items), jinja.render(items));
  assertEquals(renderBounded(jinja, "t", items, SMALL), jinja.render(items));
  assertThrows(() => renderBounded(new Jinja("{{ range(1, 2, 0) }}"), "t", {}), Error, "must not be zero");
  assertThrows(() => renderBounded(new Jinja("{{ raise_exception('no') }}"), "t", {}), Error, "no");
});

Deno.test("renderBounded names the bound that a template goes beyond", () => {
  const loop = (source: string, times = 900) => `{% for i in range(${times}) %}${source}{% endfor %}`;
  const cases: [source: string, words: string][] = [
    ["{{ range(10**18) }}", "makes a list of more than 1000 items"],
    ["{{ range(0, -10**9, -1) }}", "makes a list of more than 1000 items"],
    [loop(loop("")), "takes for a conversation more than 20000 steps"],
    [loop(loop(loop("{{ i }}"))), "takes for a conversation more than 20000 steps"],
    ["{% macro f(n) %}{{ n }}{% endmacro %}" + loop(loop("{{ f(i) }}")), "more than 20000 steps"],
    ["{% set n = namespace(a=[1]) %}" + loop("{% set n.a = n.a + n.a %}", 60), "more than 1000 items"],
    ["{% set n = namespace(a='x') %}" + loop("{% set n.a = n.a ~ n.a %}", 60), "more than 10000 characters"],
    ["{{ 'x' | indent(99999, true) }}", "writes a text of more than 10000 characters"],
  ];
  for (const [source, words] of cases) {
    const error = assertThrows(
      () => renderBounded(new Jinja(source), "t.jinja", {}, SMALL),
      VitrailError,
      words,
    );
    assertEquals([error.code, error.message.startsWith("the template t.jinja ")], ["limit", true]);
  }
  const brief = { ...TEMPLATE_BOUNDS, ms: 30 }, start = performance.now();
  assertThrows(
    () => renderBounded(new Jinja(loop(loop(loop("{{ i }}")))), "t", {}, brief),
    VitrailError,
    "30 ms",
  );
  assert(performance.now() - start < 1000);
});

Deno.test("chatTemplate ends at its bounds, and at a template without end in itself", () => {
  const write = (source: string) => chatTemplate(source, { name: "t" }).write(MESSAGES, false);
  assertThrows(() => write("{{ range(10**18) }}"), VitrailError, "more than 1048576 items");
  const deep = "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}";
  assertEquals(assertThrows(() => write(deep), VitrailError, "the template t fails").code, "dataset");
  const long = () => write("(".repeat(2 ** 24 + 1));
  assertEquals(assertThrows(long, VitrailError, "has more than 16777216 characters").code, "usage");
  assertThrows(() => write(`{{ ${"(".repeat(1e5)} }}`), VitrailError, "is not Jinja");
});
