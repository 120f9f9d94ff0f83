import { assert, assertEquals, assertThrows } from "@std/assert";
import { Memo } from "../../src/layout/memo.ts";
import { parsePattern } from "../../src/layout/pattern.ts";

/** Asks `memo` for each key in turn, and returns the keys that it had to make anew. */
function madeFor(memo: Memo<{ key: string }>, keys: string): string {
  let made = "";
  for (const key of keys) {
    const result = memo.resultOf(key, () => {
      made += key;
      return { key };
    });
    assertEquals(result, { key });
  }
  return made;
}

Deno.test("Memo gives one object for a key, and another for another", () => {
  const memo = new Memo<{ key: string }>(10);
  const first = memo.resultOf("a", () => ({ key: "a" }));
  assert(memo.resultOf("a", () => ({ key: "other" })) === first);
  assert(memo.resultOf("b", () => ({ key: "a" })) !== first);
});

Deno.test("Memo forgets the oldest first, and weighs no more than it may", () => {
  const memo = new Memo<{ key: string }>(3);
  assertEquals(madeFor(memo, "abcabc"), "abc");
  assertEquals(madeFor(memo, "dbcd"), "d"); // in place of a, though b was asked for later
  assertEquals(madeFor(memo, "a"), "a"); // in place of b
  assertEquals(madeFor(memo, "cdab"), "b");
  assertEquals(memo.weight, 3);
});

Deno.test("Memo makes room for what is heavy, and does not keep what is too heavy", () => {
  const memo = new Memo<{ key: string }>(10, ({ key }) => Number(key));
  assertEquals(madeFor(memo, "1234"), "1234");
  assertEquals(memo.weight, 10);
  assertEquals(madeFor(memo, "5"), "5");
  assertEquals(memo.weight, 9); // 1, 2 and 3 made room for 5: it stands beside 4
  assertEquals(madeFor(memo, "451"), "1");
  const heavy = () => memo.resultOf("heavy", () => ({ key: "11" }));
  assert(heavy() !== heavy());
  assertEquals(madeFor(memo, "451"), "");
});

Deno.test("Memo keeps no error", () => {
  const memo = new Memo<{ key: string }>(3);
  const fail = () => {
    throw new RangeError("not now");
  };
  assertThrows(() => memo.resultOf("a", fail), RangeError, "not now");
  assertEquals(madeFor(memo, "a"), "a");
});

Deno.test("parsePattern gives one object for a text, until others have pushed it out", () => {
  const pattern = parsePattern("memo c h w -> memo h w c");
  assert(parsePattern("memo c h w -> memo h w c") === pattern);
  for (let i = 0; i < 300; i++) parsePattern(`memo${i} c -> c memo${i}`);
  const again = parsePattern("memo c h w -> memo h w c");
  assert(again !== pattern);
  assertEquals(again, pattern);
});
