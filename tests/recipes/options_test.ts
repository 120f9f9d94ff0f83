import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { recipe } from "../../src/recipes/registry.ts";
import { CUSTOM_FIELDS, customRecipe } from "../../src/recipes/tiled/custom.ts";
import { ixc2, ixc24khd, ixc25, ixc25Image, ixc25Video } from "../../src/recipes/tiled/ixc.ts";

/** Options that a type checker would stop, since JavaScript and JSON have none. */
const REFUSED: [what: string, make: () => unknown, text: string][] = [
  ["no tiles", () => ixc24khd({ hdNum: 0 }), "hdNum is a whole number above 0, found 0"],
  ["tiles without end", () => ixc25({ hdNum: Infinity }), "found Infinity"],
  ["half a tile", () => ixc25({ hdNum: 1.5 }), "found 1.5"],
  ["tiles as a text", () => ixc24khd({ hdNum: "9" } as never), 'found "9"'],
  ["a misspelt option", () => ixc24khd({ hdnum: 4 } as never), 'did you mean "hdNum"'],
  ["another recipe's option", () => ixc25({ hdNumSeveral: 4 } as never), 'no field "hdNumSeveral"'],
  ["tiles of several", () => ixc25Image({ hdNumSeveral: -1 }), "hdNumSeveral is a whole number"],
  [
    "a canvas of nobody's",
    () => ixc25({ uniform: "any" } as never),
    "uniform is a whole number of pixels",
  ],
  [
    "a canvas of tiles in part, whose global view would need broken scales",
    () => ixc24khd({ uniform: { width: 500, height: 400 }, layout: "c h w -> 1 c h w" }),
    'uniform is first, largest, or a size of whole tiles of 336, found {"width":500,"height":400}',
  ],
  [
    "an object's own method for a parameter",
    () => recipe("ixc25", { toString: 3 }),
    'no parameter "toString"',
  ],
  ["a fit that there is not", () => ixc25({ fit: "cover" } as never), "fit is one of contain, stretch"],
  ["a side of nothing", () => ixc2({ size: 0 }), "size is a whole number above 0"],
  ["join that is a text", () => ixc25Video({ join: "no" } as never), "join is true or false"],
  ["a custom recipe's misspelt field", () => customRecipe({ maxTile: 9 }), 'did you mean "maxTiles"'],
  [
    "a custom recipe's field under its former name",
    () => customRecipe({ size: 9, arithmetic: "torch" }),
    'a custom recipe has no field "arithmetic": it is called "resampler" now; it has ',
  ],
];

for (const [what, make, text] of REFUSED) {
  Deno.test(`recipe refuses ${what}`, () => {
    const error = assertThrows(make, VitrailError);
    assertEquals(error.code, "recipe");
    assertStringIncludes(error.message, text);
  });
}

Deno.test("CUSTOM_FIELDS are the fields that customRecipe reads", () => {
  const { message } = assertThrows(() => customRecipe({ size: 8, nobody: 1 }), VitrailError);
  assertEquals(message.split("; it has ")[1], CUSTOM_FIELDS.toSorted().join(", "));
});

Deno.test("ixc24khd, ixc25 and customRecipe take what their types say", () => {
  for (const uniform of ["first", "largest", { width: 672, height: 336 }] as const) {
    assertEquals(ixc24khd({ uniform, fit: "stretch", hdNum: 4 }).parameters.fit, "stretch");
  }
  const { hdNum, hdNumSeveral } = ixc25Image({ hdNum: 9 }).parameters;
  assertEquals([hdNum, hdNumSeveral], [9, 9]);
});

Deno.test("recipe leaves the default of an option that is undefined or null", () => {
  const none = { hdNum: undefined, uniform: undefined, layout: null } as never;
  for (const make of [ixc24khd, ixc25, ixc25Image]) {
    const plans = [make(), make(none)].map((recipe) => planSample(recipe, [{ width: 800, height: 600 }]));
    assertEquals(plans[1], plans[0]);
  }
  assertEquals(ixc25Image({ hdNum: 9, hdNumSeveral: undefined }), ixc25Image({ hdNum: 9 }));
});

Deno.test("planSample refuses samples that are not all pictures, and a dtype that there is not", () => {
  const pictures = [{ width: 9, height: 9 }, { width: 8, height: 8 }];
  for (const samples of [[1], [3], [-1, 3], [1.5, 0.5], []]) {
    const error = assertThrows(() => planSample(ixc24khd(), pictures, "f32", samples), VitrailError);
    assertEquals(error.code, "usage");
    assertStringIncludes(error.message, "of the 2 pictures");
  }
  const error = assertThrows(() => planSample(ixc24khd(), pictures, "float32" as never), VitrailError);
  assertEquals([error.code, error.message.slice(0, 15)], ["usage", "dtype is one of"]);
});

Deno.test("planSample refuses a global view of tiles in part, whoever made the recipe", () => {
  const own = {
    ...ixc24khd(),
    geometry: { kind: "fixed", size: { width: 500, height: 400 }, fit: "stretch" },
  } as const;
  const error = assertThrows(
    () => planSample(own, [{ width: 800, height: 600 }]),
    VitrailError,
    "whole tiles of 336x336",
  );
  assertEquals(error.code, "recipe");
});

Deno.test("planSample refuses sides that no picture has, and what is no recipe", () => {
  for (const [width, height] of [[0, 5], [5, 0], [-4, 1000], [1.5, 2], [NaN, 2], [Infinity, 2]]) {
    const error = assertThrows(() => planSample(ixc24khd(), [{ width, height }]), VitrailError, "picture 1");
    assertEquals(error.code, "usage");
  }
  const error = assertThrows(
    () => planSample("ixc25" as never, [{ width: 9, height: 9 }]),
    VitrailError,
    'found "ixc25"',
  );
  assertEquals(error.code, "usage");
});

Deno.test("planSample refuses a recipe that was kept as JSON under its parts' former names", () => {
  const { values: { rounding: arithmetic, ...values }, ...rest } = ixc24khd();
  const former = JSON.parse(JSON.stringify({ ...rest, values: { ...values, arithmetic } }));
  const error = assertThrows(
    () => planSample(former, [{ width: 9, height: 9 }]),
    VitrailError,
    "ixc2-4khd has no values.rounding",
  );
  assertEquals(error.code, "recipe");
  planSample(JSON.parse(JSON.stringify(ixc24khd())), [{ width: 9, height: 9 }]);
});

Deno.test("planSample refuses a clip's frame that would have no pixels, as it does extreme pictures", () => {
  for (const [width, height] of [[3000, 1], [1, 3000]]) {
    const error = assertThrows(
      () => planSample(ixc25Video(), [{ width: 40, height: 30 }, { width, height }]),
      VitrailError,
      `ixc25-video cannot take a picture of ${width}x${height}`,
    );
    assertEquals(error.code, "shape");
  }
});
