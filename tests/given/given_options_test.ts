import { runInNewContext } from "node:vm";
import { shown, VitrailError } from "../../src/errors.ts";
import { requireOptions } from "../../src/given/given_options.ts";
import { requireGiven, requireObjects } from "../../src/given/given_value.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

Deno.test("requireOptions takes names that there are, and none that is undefined", () => {
  const names = { maxPixels: true, filter: true } as const;
  requireOptions("run", {}, names);
  requireOptions("run", { maxPixels: null, filter: undefined, flavour: undefined }, names);
  const error = assertThrows(() => requireOptions("run", { maxpixels: 5 }, names), VitrailError);
  const message = 'run has no option "maxpixels" (did you mean "maxPixels"?); it has maxPixels, filter';
  assertEquals([error.code, error.message], ["usage", message]);
  const inherited = assertThrows(() => requireOptions("run", { toString: 5 }, names), VitrailError);
  assertEquals(inherited.message, 'run has no option "toString"; it has maxPixels, filter');
});

Deno.test("requireOptions takes plain objects, of any realm, and nothing else", () => {
  const names = { maxPixels: true, signal: true } as const, refused = "takes options as a plain object";
  const kinds = [new Map([["maxPixels", 1]]), new Date(), Object.create({ maxPixels: 1 }), new Error("x")];
  for (const options of [null, undefined, 5, "x", [], Symbol("s"), 5n, () => 1, ...kinds]) {
    assertThrows(() => requireOptions("run", options, names), VitrailError, refused);
  }
  for (const options of [Object.create(null), runInNewContext("({ maxPixels: 1 })")]) {
    requireOptions("run", options, names);
  }
  const { signal } = new AbortController();
  const error = assertThrows(() => requireOptions("run", signal, names), VitrailError);
  assertEquals(
    error.message,
    "run takes options as a plain object of maxPixels, signal, found an AbortSignal; give { signal }",
  );
  assertThrows(() => requireOptions("run", signal, { size: true }), VitrailError, "found an AbortSignal");
});

Deno.test("requireGiven says what was found, and what would be right", () => {
  const error = assertThrows(() => requireGiven("path", 5n, "a text", `"a.jpg"`), VitrailError);
  assertEquals([error.code, error.message], ["usage", 'path is a text such as "a.jpg", found 5n']);
  const item = assertThrows(() => requireObjects("rows", [{}, null], "{ ids }"), VitrailError);
  assertEquals(item.message, "rows[1] is an object such as { ids }, found null");
});

Deno.test("shown shows any value on one line, and quotes no more than that", () => {
  const cyclic: Record<string, unknown> = { a: 1 };
  cyclic.self = cyclic;
  const cases: [unknown, string][] = [
    [undefined, "undefined"],
    [null, "null"],
    [Infinity, "Infinity"],
    [-0.5, "-0.5"],
    [10n, "10n"],
    ["a\nb", String.raw`"a\nb"`],
    [Symbol("a\nb"), "Symbol(a b)"],
    [() => 1, "a function"],
    [Math.max, "the function max"],
    [[1, "x", [2n]], '[1,"x",[2n]]'],
    [{ a: { b: { c: { d: 1 } } } }, '{"a":{"b":{"c":{…}}}}'],
    [cyclic, '{"a":1,"self":{"a":1,"self":{"a":1,"self":{…}}}}'],
    [new Uint8Array(5), "a Uint8Array of 5 bytes"],
    [new Map([[1, 2]]), "a Map"],
    [{
      get a(): never {
        throw new RangeError("never asked");
      },
    }, '{"a":undefined}'],
  ];
  for (const [value, text] of cases) assertEquals(shown(value), text);
  for (const value of ["x".repeat(1e6), new Array(1e6).fill("long"), { ["n".repeat(1000)]: 1 }]) {
    const text = shown(value);
    assert(text.length === 80 && text.endsWith("…"), text);
  }
});
