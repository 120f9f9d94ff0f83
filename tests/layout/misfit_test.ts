import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { resolveLayout } from "../../src/layout/layout.ts";
import { parsePattern } from "../../src/layout/pattern.ts";
import { checkReshape } from "../../src/layout/shape.ts";

/** Asserts that `run` throws a `VitrailError` of `code` whose whole message is `message`. */
function assertFails(run: () => unknown, code: string, message: string): void {
  const error = assertThrows(run, VitrailError);
  assertEquals(error.message, message);
  assertEquals(error.code, code);
}

Deno.test("reshapeError names what fits two stacked pictures against a batch axis of one", () => {
  assertFails(
    () => checkReshape(2 * 3 * 1680 * 1008, [1, 3, 5, 336, 3, 336]),
    "shape",
    "a tensor of 10160640 values does not fit the shape [1, 3, 5, 336, 3, 336], which holds 5080320: " +
      "a leading 2 would fit, it has 1",
  );
  checkReshape(2 * 3 * 1680 * 1008, [2, 3, 5, 336, 3, 336]);
});

Deno.test("reshapeError says that no leading size would fit", () => {
  assertFails(
    () => checkReshape(100, [1, 3, 5]),
    "shape",
    "a tensor of 100 values does not fit the shape [1, 3, 5], which holds 15: " +
      "no leading size would fit, since 100 is not a multiple of the other axes' 15",
  );
});

Deno.test("checkReshape takes shapes without axes or elements, and none without sense", () => {
  checkReshape(1, []);
  checkReshape(0, [0, 3]);
  assertThrows(() => checkReshape(2, []), VitrailError, "holds one value");
  assertThrows(() => checkReshape(2, [1, 0]), VitrailError, "no leading size would fit");
  assertThrows(() => checkReshape(2, [-1, 2]), VitrailError, "axis 0 of the shape [-1, 2]");
  assertThrows(() => checkReshape(2, [1, 0.5]), VitrailError, "axis 1 of the shape [1, 0.5]");
});

Deno.test("resolveLayout names both counts and the 2 that fits two stacked pictures against n = 1", () => {
  const pattern = parsePattern("n c (h p) (w q) -> (n h w) c p q");
  assertFails(
    () => resolveLayout(pattern, [2, 3, 1680, 1008], { n: 1, p: 336, q: 336 }),
    "shape",
    `pattern "n c (h p) (w q) -> (n h w) c p q" does not fit a tensor of shape [2, 3, 1680, 1008]: ` +
      "axis 0 (n = 1) is 2 long, not 1; " +
      "a tensor of 10160640 values does not fit the shape [1, 3, 5, 336, 3, 336], " +
      "which holds 5080320: a leading 2 would fit, it has 1",
  );
});

Deno.test("resolveLayout says the same of a batch axis spelt 1", () => {
  const pattern = parsePattern("1 c (h 336) (w 336) -> (h w) c 336 336");
  const error = assertThrows(() => resolveLayout(pattern, [2, 3, 1680, 1008]), VitrailError);
  assertEquals(error.message.includes("axis 0 (1) is 2 long, not 1"), true, error.message);
  assertEquals(error.message.endsWith("a leading 2 would fit, it has 1"), true, error.message);
});

Deno.test("resolveLayout refuses an axis that is not a whole number of tiles", () => {
  assertFails(
    () => resolveLayout(parsePattern("c (h p) (w q) -> (h w) c p q"), [3, 945, 1680], { p: 336, q: 336 }),
    "shape",
    `pattern "c (h p) (w q) -> (h w) c p q" does not fit a tensor of shape [3, 945, 1680]: ` +
      "axis 1 is 945 long, and (h p) with p = 336 needs a multiple of 336: 672 or 1008 would fit",
  );
});

Deno.test("resolveLayout does not blame the leading axis for an inner one that disagrees", () => {
  assertFails(
    () => resolveLayout(parsePattern("c (h p) w -> h c p w"), [3, 8, 5], { h: 2, p: 2 }),
    "shape",
    `pattern "c (h p) w -> h c p w" does not fit a tensor of shape [3, 8, 5]: ` +
      "axis 1 (h = 2, p = 2) is 8 long, not 4; the tensor holds 120 values and [3, 2, 2, 5] holds 60",
  );
});

Deno.test("resolveLayout refuses a tensor with another number of axes", () => {
  assertFails(
    () => resolveLayout(parsePattern("c (h p) w -> h c p w"), [1, 3, 8, 5], { p: 2 }),
    "shape",
    `pattern "c (h p) w -> h c p w" does not fit a tensor of shape [1, 3, 8, 5]: ` +
      "it takes 3 axes, c (h p) w, and the tensor has 4",
  );
});

Deno.test("resolveLayout refuses sizes that are missing, unknown or impossible", () => {
  const resolve = (text: string, shape: number[], sizes: Record<string, number>) => () =>
    resolveLayout(parsePattern(text), shape, sizes);
  assertFails(
    resolve("(h p) -> h p", [6], {}),
    "recipe",
    `pattern "(h p) -> h p" leaves the sizes of h and p open in (h p): all but one must be given`,
  );
  assertFails(
    resolve("h -> h t", [6], {}),
    "recipe",
    `axis t of pattern "h -> h t" stands only on the right, so its size must be given`,
  );
  assertFails(resolve("h -> h", [6], { P: 2 }), "recipe", `pattern "h -> h" has no axis P to be 2 long`);
  assertFails(resolve("h -> h", [6], { h: 0 }), "recipe", `axis h of pattern "h -> h" cannot be 0 long`);
  assertThrows(resolve("h -> h", [1.5], {}), VitrailError, "axis 0 of a tensor of shape [1.5]");
});

Deno.test("resolveLayout refuses more copies than there is a list of places for", () => {
  assertFails(
    () => resolveLayout(parsePattern("a -> a b"), [2], { b: 4e8 }),
    "limit",
    'pattern "a -> a b" makes 400000000 copies of each element; the most is 16777216',
  );
});

Deno.test("resolveLayout refuses an output that 32 bits cannot address", () => {
  const error = assertThrows(
    () => resolveLayout(parsePattern("a -> a t"), [65536], { t: 65537 }),
    VitrailError,
    "[65536, 65537]",
  );
  assertEquals(error.code, "limit");
});
