import { assertEquals } from "@std/assert";
import { fallen, ratiosOf } from "../../bench/report/baseline.ts";
import { figureOf } from "../../bench/report/figure.ts";

Deno.test("ratiosOf takes ratios alone, more being better in each", () => {
  const figures = [
    figureOf("one", "Vitrail", "ms", [40, 60, 50]),
    figureOf("one", "peer", "ms", [500], { ratio: 10, against: "Vitrail" }),
    figureOf("start", "plan", "ms", [100], { ratio: 4, against: "deno alone", lessIsBetter: true }),
  ];
  assertEquals(ratiosOf(figures), { "one: peer × Vitrail": 10, "start: plan × deno alone": 0.25 });
});

Deno.test("fallen tells of a fall of more than a fifth, and of nothing smaller", () => {
  const before = { a: 10, b: 10, c: 10, gone: 10 };
  assertEquals(fallen({ a: 7.9, b: 8.1, c: 30, fresh: 1 }, before), ["a: 7.9, and the baseline is 10"]);
});

Deno.test("fallen tells what is missing of a case that is to be whole, and of no other", () => {
  const before = { "host: a": 10, "host: b": 10, "one: a": 10 };
  const lines = ["host: b: not measured, and the baseline is 10"];
  assertEquals([fallen({ "host: a": 10 }, before, ["host"]), fallen({}, before)], [lines, []]);
});
