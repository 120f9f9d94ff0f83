import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  NEWLINE,
  planSplice,
  requireLengths,
  SEPARATOR,
  sourcesOf,
} from "../../../src/engine/splice/splice_plan.ts";
import type { SpliceShapes } from "../../../src/engine/splice/splice_shapes.ts";
import { VitrailError } from "../../../src/errors.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { ixc2, ixc24khd, ixc25 } from "../../../src/recipes/tiled/ixc.ts";

type Grid = [number, number];

const grids = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), {
  minLength: 1,
  maxLength: 5,
});

function rowsOf(list: readonly Grid[]): number {
  return list.reduce((sum, [h, w]) => sum + 1 + h * w, 0);
}

function planOf(recipe: Recipe, list: readonly Grid[], channels = 2) {
  const side = recipe.kind === "tiles" && recipe.tokens?.kind === "hd" ? recipe.tokens.side : 0;
  const shapes = {
    features: [rowsOf(list), 4 * side * side, channels],
    newline: 4 * channels,
    separator: 4 * channels,
  };
  return planSplice(recipe, list.map((grid) => ({ grid })), shapes);
}

for (const [recipe, side] of [[ixc24khd(), 12], [ixc25(), 20]] as const) {
  Deno.test(`planSplice gives lengths by the law at ${side * 28}, and pictures after one another`, () => {
    fc.assert(fc.property(grids, (list) => {
      const { lengths, offsets, total, rows } = planOf(recipe, list);
      assertEquals(lengths, list.map(([h, w]) => (h * w + 1) * side * side + 1 + (h + 1) * side));
      for (const i of lengths.keys()) assertEquals(offsets[i] + lengths[i], offsets[i + 1] ?? total);
      assertEquals(rows, rowsOf(list));
    }));
  });
}

Deno.test("planSplice reads every pair of patches that begins a token once, and counts come out", () => {
  fc.assert(
    fc.property(grids, (list) => {
      const plan = planOf(ixc24khd(), list);
      const { sources, lengths } = sourcesOf(plan);
      assertEquals(lengths, plan.lengths);
      const count = (value: number) => sources.filter((source) => source === value).length;
      assertEquals(count(SEPARATOR), list.length);
      assertEquals(count(NEWLINE), list.reduce((sum, [h]) => sum + 12 * (1 + h), 0));
      const pairs = sources.filter((source) => source < SEPARATOR).sort();
      const upper = Array.from({ length: plan.rows * 24 * 12 }, (_, i) => i)
        .filter((pair) => Math.floor(pair / 12) % 2 === 0); // pairs of even rows of patches
      assertEquals([...pairs], upper);
    }),
    { numRuns: 20 },
  );
});

Deno.test("sourcesOf spells out the sources of one picture", () => {
  const plan = planOf(ixc24khd(), [[1, 2]]);
  const { sources } = sourcesOf(plan);
  const pair = (row: number, y: number, x: number) => (row * 24 + 2 * y) * 12 + x;
  assertEquals([...sources.subarray(0, 2)], [pair(0, 0, 0), pair(0, 0, 1)]);
  assertEquals([...sources.subarray(12, 14)], [NEWLINE, pair(0, 1, 0)]);
  assertEquals([...sources.subarray(155, 158)], [NEWLINE, SEPARATOR, pair(1, 0, 0)]);
  assertEquals([...sources.subarray(168, 170)], [pair(1, 0, 11), pair(2, 0, 0)]);
  assertEquals(sources.at(-1), NEWLINE);
});

const IMAGES = [{ grid: [1, 2] }, { grid: [3, 5] }] as const;
const FITS: SpliceShapes = { features: [19, 576, 8], newline: 32, separator: 32 };

/** Features that do not fit, and texts that the message holds, what fits included. */
const MISFITS: [name: string, shapes: Partial<SpliceShapes>, parts: string[]][] = [
  ["patches", { features: [19, 575, 8] }, ["[19, 575, 8]", "24x24", "[19, 576, 8] would fit"]],
  ["the class token", { features: [19, 577, 8] }, ["[19, 576, 8] would fit", "class token"]],
  ["another recipe's patches", { features: [19, 1600, 8] }, ["1600", "ixc2-4khd", "[19, 576, 8]"]],
  ["channels", { features: [19, 576, 9] }, [
    "9 channels",
    "[32]",
    "features of 8 channels",
    "[36] would fit",
  ]],
  ["rows", { features: [20, 576, 8] }, ["20 rows", "1 + 1·2, 1 + 3·5", "are 19"]],
  ["no global views", { features: [17, 576, 8] }, ["17 rows", "are 19", "global views are missing"]],
  ["one global view", { features: [18, 576, 8] }, ["18 rows", "are 19", "its own global view"]],
  ["axes", { features: [19 * 576, 8] }, ["2 axes", "[rows, N, C]", "[19, 576, 8] would fit"]],
  ["elements of a bare array", { features: 19 * 576 * 8 + 1 }, ["87553", "[19, 576, 8]", "87552"]],
  ["rows of a bare array", { features: 18 * 576 * 8 }, ["[18, 576, 8]", "18 rows", "are 19"]],
  ["an empty array", { features: 0 }, ["0 elements", "[19, 576, 8]"]],
  ["a missing newline", { newline: undefined }, ["newline is missing", "[32]"]],
  ["a missing separator", { separator: undefined }, ["separator is missing", "[32]"]],
  ["vectors that differ", { separator: 28 }, ["32", "28", "[32] would fit"]],
  ["vectors of no token", { newline: 33, separator: 33 }, ["33", "[32] would fit"]],
  ["empty vectors", { newline: 0, separator: 0 }, ["0 elements", "[32] would fit"]],
];

for (const [name, shapes, parts] of MISFITS) {
  Deno.test(`requireFeatures says what fits: ${name}`, () => {
    const error = assertThrows(
      () => planSplice(ixc24khd(), IMAGES, { ...FITS, ...shapes }),
      VitrailError,
    );
    assertEquals(error.code, "shape");
    for (const part of parts) assertStringIncludes(error.message, part);
  });
}

Deno.test("requireFeatures takes what fits", () => {
  assertEquals(planSplice(ixc24khd(), IMAGES, FITS).total, 457 + 2353);
  assertEquals(planSplice(ixc24khd(), IMAGES, { ...FITS, features: 19 * 576 * 8 }).channels, 8);
});

Deno.test("requireFeatures does not spell all rows of many pictures", () => {
  const images = Array.from({ length: 100 }, () => ({ grid: [2, 3] as const }));
  const shapes = { features: [1, 576, 8], newline: 32, separator: 32 };
  const error = assertThrows(() => planSplice(ixc24khd(), images, shapes), VitrailError, "94 more pictures");
  assertStringIncludes(error.message, "are 700");
});

Deno.test("planSplice refuses recipes without rows of tokens", () => {
  for (const recipe of [ixc2(), customRecipe({ size: 90, tile: 30 })]) {
    const error = assertThrows(() => planSplice(recipe, IMAGES, FITS), VitrailError, recipe.name);
    assertEquals(error.code, "recipe");
    assertStringIncludes(error.message, "ixc25");
  }
});

Deno.test("planSplice refuses no pictures, and grids that are none", () => {
  for (const images of [[], undefined, {}]) {
    const error = assertThrows(
      () => planSplice(ixc24khd(), images as [], FITS),
      VitrailError,
      "batch.images",
    );
    assertEquals(error.code, "usage");
  }
  for (const grid of [[0, 2], [1.5, 1], [1], undefined, "1x2", [1, 2, 3]]) {
    const images = [IMAGES[0], { grid: grid as unknown as Grid }];
    const error = assertThrows(() => planSplice(ixc24khd(), images, FITS), VitrailError, "picture 2");
    assertEquals(error.code, "shape");
  }
});

Deno.test("requireLengths names images of another recipe, with both lengths and shapes", () => {
  const images = [{ grid: [1, 2], tokens: 457 }, { grid: [3, 5], tokens: 6481 }] as const;
  const error = assertThrows(() => planSplice(ixc24khd(), images, FITS), VitrailError);
  assertEquals(error.code, "shape");
  for (const part of ["picture 2", "2353", "6481", "3x5", "24x24"]) assertStringIncludes(error.message, part);
});

Deno.test("requireLengths names the picture whose count is not the plan's, and both", () => {
  const plan = planSplice(ixc24khd(), IMAGES, FITS);
  const error = assertThrows(
    () => requireLengths(plan, [plan.lengths[0], 2352]),
    VitrailError,
    "picture 2 of the splice has 2352 tokens and its plan says 2353: a grid of 3x5 tiles, each of 24x24 patches",
  );
  assertEquals(error.code, "shape");
});
