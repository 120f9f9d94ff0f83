import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { parsePattern } from "../../src/layout/pattern.ts";

Deno.test("parsePattern takes axes, groups, integers and ones", () => {
  const { left, right } = parsePattern("n c (h 336)(w 336) 1->(n h w) c 336 336 ()");
  const names = (side: typeof left) => side.map((axis) => axis.map((factor) => factor.name));
  assertEquals(names(left), [["n"], ["c"], ["h", "336#1"], ["w", "336#2"], []]);
  assertEquals(names(right), [["n", "h", "w"], ["c"], ["336#1"], ["336#2"], []]);
});

/** A malformed pattern, the index that the caret must point at, and a part of what must be said. */
const MALFORMED: [string, number, string][] = [
  ["a b", 3, "an arrow is missing"],
  ["", 0, "an arrow is missing"],
  ["a -> a -> a", 7, "a second arrow"],
  ["a (b c -> a b c", 2, `"(" without its ")"`],
  ["a b c) -> a b c", 5, `")" without its "("`],
  ["a (b (c)) -> a b c", 5, "a group within a group"],
  ["a b -> (a b", 7, `"(" without its ")"`],
  ["a, b -> b a", 1, `unexpected ","`],
  ["a é -> a", 2, `unexpected "é"`],
  ["... h w -> w h", 0, "ellipsis"],
  ["a - b -> a b", 2, `unexpected "-"`],
  ["a a -> a", 2, "axis a stands twice"],
  ["a b -> b (a b)", 12, "axis b stands twice"],
  ["a b c -> a c", 2, "axis b stands only on the left"],
  ["a 336 336 -> a 336", 6, "integers pair in order"],
  ["a 14 -> a 14 14", 13, "this 14 has no partner on the left"],
  ["a 0 -> a", 2, "an axis cannot be 0 long"],
  ["2d -> 2d", 0, "2d is neither"],
];

for (const [pattern, at, problem] of MALFORMED) {
  Deno.test(`parsePattern refuses "${pattern}" at ${at}`, () => {
    const error = assertThrows(() => parsePattern(pattern), VitrailError, problem);
    assertEquals(error.code, "recipe");
    const [head, shown, caret] = error.message.split("\n");
    assertEquals(head.startsWith(`malformed pattern, column ${at + 1}: `), true, head);
    assertEquals(shown, `  ${pattern}`);
    assertEquals(caret, `  ${" ".repeat(at)}^`);
  });
}
