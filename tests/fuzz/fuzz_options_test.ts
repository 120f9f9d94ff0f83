import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { fuzzOptions } from "./fuzz_options.ts";

const ROWS = ["configs", "pictures"];

Deno.test("fuzzOptions takes two minutes of every row, or what is given", () => {
  const usual = { minutes: 2, cases: Infinity, seed: 1, rows: ROWS, again: false, out: "out/fuzz-1" };
  assertEquals(fuzzOptions([], ROWS), usual);
  assertEquals(fuzzOptions(["--minutes", ".5", "--seed", "20", "--only", "configs", "--case", "7"], ROWS), {
    ...usual,
    minutes: 0.5,
    seed: 20,
    rows: ["configs"],
    only: 7,
    out: "out/fuzz-20",
  });
});

Deno.test("fuzzOptions refuses flags, rows and numbers that there are not", () => {
  const wrong = [
    ["--minuets", "3"],
    ["3"],
    ["--minutes", "x"],
    ["--minutes", ""],
    ["--minutes=-1"],
    ["--seed", "1.5"],
    ["--cases", "9".repeat(20)],
    ["--only", "picture"],
    ["--case", "3"],
    ["--only", "configs,pictures", "--case", "3"],
    ["--only", "configs", "--case", "3", "--again"],
  ];
  for (const args of wrong) {
    assertThrows(() => fuzzOptions(args, ROWS), VitrailError, undefined, args.join(" "));
  }
});
