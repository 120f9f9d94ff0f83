import { assertEquals } from "@std/assert";
import { problemsOf } from "../../../src/sft/summary/problems.ts";

Deno.test("problemsOf joins reasons that differ in names and numbers alone", () => {
  const reasons: [code: string, reason: string][] = [
    [
      "io",
      'sample 3 of a b.json (id "x (1)", line 9): cannot read the picture /a/none.jpg: it does not exist',
    ],
    ["dataset", "sample 4 of d.json (line 1): 2 pictures want 2 <image> in human turns, found none"],
    ["io", "sample 5 of d.json (id 7, line 12): cannot read the picture b/c.png: it does not exist"],
    ["dataset", "sample 6 of d.json (line 1): 1 picture wants 1 <image> in human turns, found none"],
    ["dataset", 'sample 7 of d.json (line 2): conversations[3].value is {"a\\"":1}, expected a text'],
    ["dataset", "sample 8 of d.json (line 2): conversations[0].value is missing, expected a text"],
    ["io", "sample 9 of d.json (line 12): cannot read the picture 猫 of Eva: it does not exist"],
    [
      "dataset",
      "sample 10 of d.json (line 3): objects.bbox[0], [1, 2, 9.5, 4], lies outside of picture 0, 8x8",
    ],
    [
      "dataset",
      "sample 11 of d.json (line 4): objects.bbox[1], [-3, 2, 3, 4], lies outside of picture 1, 8x8",
    ],
  ];
  const problems = problemsOf(reasons.map(([code, reason], position) => ({ position, code, reason })));
  assertEquals(problems.map(({ code, kind, count, first }) => [code, kind, count, first.length]), [
    ["io", "cannot read the picture …: it does not exist", 3, 3],
    ["dataset", "N pictures want N <image> in human turns, found none", 2, 2],
    ["dataset", "objects.bbox[N], [N, N, N, N], lies outside of picture N, NxN", 2, 2],
    ["dataset", "conversations[N].value is {…:N}, expected a text", 1, 1],
    ["dataset", "conversations[N].value is missing, expected a text", 1, 1],
  ]);
  assertEquals(problems[1].first, [reasons[1][1], reasons[3][1]]);
});
