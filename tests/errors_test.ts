import { assertEquals } from "@std/assert";
import { VitrailError } from "../src/errors.ts";

Deno.test("VitrailError shows characters that a terminal would obey", () => {
  const cases: [name: string, message: string][] = [
    ["a\x1b[2J\x07\x7f.png", "a\\u001b[2J\\u0007\\u007f.png"],
    ["\x9b31m\r\0", "\\u009b31m\\u000d\\u0000"],
    ["\u202egnp.a\u2066\u2028", "\\u202egnp.a\\u2066\\u2028"],
    ["é 中 \u{1f600}\t\n", "é 中 \u{1f600}\t\n"],
  ];
  for (const [name, message] of cases) assertEquals(new VitrailError("io", name).message, message);
});
