import { assertEquals } from "@std/assert";
import { FAMILIES } from "../src/recipes/families/families.ts";
import { golden } from "./support/golden/golden.ts";

interface Case {
  processor: string;
  preset: string;
  outputs?: Record<string, unknown>;
}

const README = await Deno.readTextFile(new URL("../README.md", import.meta.url));

/** The cells of the README's table whose header begins so. */
function tableOf(first: string): string[][] {
  const lines = README.split("\n"), header = lines.findIndex((line) => line.startsWith(`| ${first} `));
  const end = lines.findIndex((line, index) => index > header && !line.startsWith("|"));
  return lines.slice(header + 2, end).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

Deno.test("README.md has a row of each family, which says what its goldens prove", () => {
  const files = [...Deno.readDirSync(new URL("./goldens", import.meta.url))]
    .flatMap(({ name }) => /^(hf_\w+)\.json$/.exec(name)?.[1] ?? []).sort();
  const records = files.flatMap((file) => golden<{ records: Case[] }>(file).records);
  const expected = FAMILIES.map(({ name, models }) => {
    const own = records.filter(({ processor }) => processor === name);
    const outputs = new Set(own.flatMap(({ outputs = {} }) => Object.keys(outputs)));
    const presets = new Set(own.map(({ preset }) => preset)).size;
    return [
      `\`${name}\``,
      models,
      [...outputs].map((output) => `\`${output}\``).join(", "),
      `${own.length} calls of Python, ${presets} ${presets === 1 ? "preset" : "presets"}`,
    ];
  });
  assertEquals(tableOf("family"), expected);
});
