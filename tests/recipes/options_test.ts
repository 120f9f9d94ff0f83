import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { planSample } from "../../src/plan/plan.ts";
import { CUSTOM_FIELDS, customRecipe } from "../../src/recipes/custom.ts";
import { ixc2, ixc24khd, ixc25, ixc25Image, ixc25Video } from "../../src/recipes/ixc.ts";

// What a type checker would stop, since JavaScript and JSON have none.
// deno-lint-ignore no-explicit-any
type Unchecked = any;

const REFUSED: [what: string, make: () => unknown, text: string][] = [
  ["no tiles", () => ixc24khd({ hdNum: 0 }), "hdNum is a whole number above 0, found 0"],
  ["tiles without end", () => ixc25({ hdNum: Infinity }), "found Infinity"],
  ["half a tile", () => ixc25({ hdNum: 1.5 }), "found 1.5"],
  ["tiles as a text", () => ixc24khd({ hdNum: "9" } as Unchecked), 'found "9"'],
  ["a misspelt option", () => ixc24khd({ hdnum: 4 } as Unchecked), 'did you mean "hdNum"'],
  ["another recipe's option", () => ixc25({ hdNumSeveral: 4 } as Unchecked), 'no field "hdNumSeveral"'],
  ["tiles of several", () => ixc25Image({ hdNumSeveral: -1 }), "hdNumSeveral is a whole number"],
  [
    "a canvas of nobody's",
    () => ixc25({ uniform: "any" } as Unchecked),
    "uniform is a whole number of pixels",
  ],
  ["a fit that there is not", () => ixc25({ fit: "cover" } as Unchecked), "fit is one of contain, stretch"],
  ["a side of nothing", () => ixc2({ size: 0 }), "size is a whole number above 0"],
  ["join that is a text", () => ixc25Video({ join: "no" } as Unchecked), "join is true or false"],
  ["a custom recipe's misspelt field", () => customRecipe({ maxTile: 9 }), 'did you mean "maxTiles"'],
];

for (const [what, make, text] of REFUSED) {
  Deno.test(`a recipe refuses ${what}`, () => {
    const error = assertThrows(make, VitrailError);
    assertEquals(error.code, "recipe");
    assertStringIncludes(error.message, text);
  });
}

Deno.test("the fields that are listed are the fields that a custom recipe reads", () => {
  const { message } = assertThrows(() => customRecipe({ size: 8, nobody: 1 }), VitrailError);
  assertEquals(message.split("; it has ")[1], CUSTOM_FIELDS.toSorted().join(", "));
});

Deno.test("recipes take what their types say", () => {
  for (const uniform of ["first", "largest", { width: 672, height: 336 }] as const) {
    assertEquals(ixc24khd({ uniform, fit: "stretch", hdNum: 4 }).parameters.fit, "stretch");
  }
  const { hdNum, hdNumSeveral } = ixc25Image({ hdNum: 9 }).parameters;
  assertEquals([hdNum, hdNumSeveral], [9, 9]);
});

Deno.test("a plan refuses sides that no picture has, and what is no recipe", () => {
  for (const [width, height] of [[0, 5], [5, 0], [-4, 1000], [1.5, 2], [NaN, 2], [Infinity, 2]]) {
    const error = assertThrows(() => planSample(ixc24khd(), [{ width, height }]), VitrailError, "picture 1");
    assertEquals(error.code, "usage");
  }
  const error = assertThrows(
    () => planSample("ixc25" as Unchecked, [{ width: 9, height: 9 }]),
    VitrailError,
    'found "ixc25"',
  );
  assertEquals(error.code, "usage");
});

Deno.test("a clip's frame that would have no pixels is a shape error, as extreme pictures are", () => {
  for (const [width, height] of [[3000, 1], [1, 3000]]) {
    const error = assertThrows(
      () => planSample(ixc25Video(), [{ width: 40, height: 30 }, { width, height }]),
      VitrailError,
      `ixc25-video cannot take a picture of ${width}x${height}`,
    );
    assertEquals(error.code, "shape");
  }
});
