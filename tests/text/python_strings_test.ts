import { assertEquals } from "@std/assert";
import { chatTemplate } from "../../src/text/chat_template.ts";

Deno.test("withPythonStrings writes truth values and none as Python does, and all else as before", () => {
  const source =
    "{% for value in messages %}{{ value | string }}|{{ value | string | length }} {% endfor %}" +
    "{% if tools is none %}{{ tools | string }}{% endif %}{{ true | string + (false | string) }}";
  const values = [true, false, null, 3, 0.5, "True", ""];
  assertEquals(
    chatTemplate(source).write(values, false),
    "True|4 False|5 None|4 3|1 0.5|3 True|4 |0 NoneTrueFalse",
  );
});

Deno.test("withPythonStrings leaves everything else of Jinja as it is", () => {
  const cases: [source: string, text: string][] = [
    [
      "{% set a = {'x': 'y', 'z': {'n': [1, none]}} %}{{ a.x }}{{ a['z'].n | length }}{{ a.z | tojson }}",
      'y2{"n": [1, null]}',
    ],
    ["{% set a = {'x': true | string, 'y': none | string} %}{{ a.x }}{{ a.y }}", "TrueNone"],
    [
      "{% macro f(a) %}{{ a }}{{ varargs | length }}{{ kwargs.k }}{% endmacro %}{{ f('a', 'b', k=1) }}",
      "a11",
    ],
    ["{% macro f() %}{{ varargs[0] | string }}{% endmacro %}{{ f(true) }}", "True"],
    ["{% macro f() %}<{{ caller() }}>{% endmacro %}{% call f() %}{{ none | string }}{% endcall %}", "<None>"],
    ["{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k ~ v }}{% endfor %}", "a1b2"],
    [
      "{% set n = namespace(found=false, at={'k': 1}) %}{% set n.found = true %}{{ n.found | string }}",
      "True",
    ],
    ["{{ [{'r': 'u'}, {'r': 'a'}] | selectattr('r', 'equalto', 'a') | list | length }}", "1"],
    ["{{ {'user': 'U'}[messages[0].role] ~ messages[0]['content'][1:3] }}{{ (1, 2)[::-1][0] }}", "Uel2"],
    [
      "{% if messages[0].role in ['user'] and 1 is not string %}{{ 'x' if tools else 'y' }}{% endif %}",
      "y",
    ],
    ["{% filter upper %}a{{ false | string }}{% endfilter %}{{ {} | length }}{{ -1 | abs }}", "AFALSE01"],
    ["{% set ns %}{{ {'a': 'b'}.get('a') | string }}{% endset %}{{ ns | trim }}", "b"],
  ];
  for (const [source, text] of cases) {
    assertEquals(chatTemplate(source).write([{ role: "user", content: "Hello" }], false), text, source);
  }
});
