import { linesOf, LONGEST_LINE } from "../../../src/gpu/passes/lines.ts";
import { RearrangeParams } from "../../../src/gpu/passes/rearrange_pass.ts";
import { TableTextures } from "../../../src/gpu/passes/table_textures.ts";
import { resolveLayout } from "../../../src/layout/layout.ts";
import { parsePattern } from "../../../src/layout/pattern.ts";
import { countOf } from "../../../src/layout/shape.ts";
import { rearrange } from "../../../src/reference/rearrange.ts";
import { onDevice } from "../../support/executors.ts";
import { dispatched, UNTOUCHED } from "../../support/gpu/dispatch.ts";
import { assert, assertEquals } from "@std/assert";

const { fromEntries, entries } = Object;

/** A pattern with its axes' sizes, and how many words its lines should move at once. */
const CASES: [pattern: string, sizes: Record<string, number>, width: number][] = [
  ["a -> a 1", { a: 4095 }, 1],
  ["a -> a 1", { a: 4096 }, 4],
  ["a -> a 1", { a: 4097 }, 1], // a line and one element
  ["a -> a 1", { a: 8194 }, 2],
  ["a b -> b a", { a: 3, b: 5000 }, 1],
  ["a b -> a b", { a: 3, b: 5000 }, 4],
  ["a b c -> b a c", { a: 3, b: 5, c: 300 }, 4], // four of five b in a line, and the fifth
  ["a b c -> b a c", { a: 7, b: 3, c: 6 }, 2],
  ["c (h p) (w q) -> (h w) c p q", { c: 3, h: 2, p: 28, w: 3, q: 28 }, 4],
  ["c (h p) (w q) -> (h w) c p q", { c: 3, h: 2, p: 14, w: 3, q: 14 }, 2],
  ["a b -> a t b", { a: 70, b: 90, t: 2 }, 2],
  ["a b -> a b t", { a: 70, b: 90, t: 2 }, 1], // an element beside its copy
  ["a b -> t a b", { a: 1, b: 1, t: 5000 }, 1],
];

function layoutOf(text: string, sizes: Record<string, number>) {
  const pattern = parsePattern(text);
  const shape = pattern.left.map((axis) => countOf(axis.map(({ name }) => sizes[name])));
  const named = fromEntries(entries(sizes).filter(([name]) => new RegExp(`\\b${name}\\b`).test(text)));
  return resolveLayout(pattern, shape, named);
}

Deno.test("linesOf has every element once, in lines that fit a texture", () => {
  for (const [pattern, sizes, width] of CASES) {
    const layout = layoutOf(pattern, sizes), label = `${pattern} ${JSON.stringify(sizes)}`;
    const { columns, lines, width: found } = linesOf(layout);
    assert(columns.length <= LONGEST_LINE, label);
    assertEquals(found, width, label);
    const from = new Uint32Array(countOf(layout.outputShape)).fill(UNTOUCHED);
    for (let line = 0; line < lines.length; line += 4) {
      const [input, output, length] = lines.subarray(line, line + 3);
      for (let column = 0; column < length; column++) from[output + column] = input + columns[column];
    }
    const indices = Uint32Array.from({ length: countOf(layout.inputShape) }, (_, i) => i);
    assertEquals(from, rearrange(indices, layout), label);
  }
});

onDevice("rearrange.wgsl takes lines in several layers of the grid", async (device) => {
  const layout = layoutOf("a b c -> b a c", { a: 3, b: 5, c: 1000 }), tables = new TableTextures(device);
  const words = Uint32Array.from({ length: 15000 }, (_, i) => i * 2654435761 >>> 0);
  const { columns, lines, count, longest, width } = tables.lines(layout);
  assertEquals([count, longest, width], [5, 3000, 4]);
  for (const [layer, layers] of [[5, 1], [2, 3], [1, 5]]) {
    const made = await dispatched(device, {
      kernel: "rearrangeBy4",
      uniform: RearrangeParams.bytes({ lines: count, layer }),
      groups: [Math.ceil(longest / 256), layer, layers],
      inputs: [columns, lines, words],
      words: 15004,
    });
    assertEquals(made.subarray(0, 15000), rearrange(words, layout), `${layer} lines a layer`);
    assertEquals([...made.subarray(15000)], Array(4).fill(UNTOUCHED));
  }
  tables.close();
});
