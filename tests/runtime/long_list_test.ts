import { assert, assertEquals, assertThrows } from "@std/assert";
import { listOnDemand, LongList, plainList } from "../../src/runtime/long_list.ts";

Deno.test("LongList keeps entries in order, in a list of few as in one of many", () => {
  for (const count of [0, 1, 1024, 1025, 2 ** 15, 2 ** 15 + 1]) {
    const long = new LongList<number>(), plain = Array.from({ length: count }, (_, index) => 3 * index);
    for (const entry of plain) long.push(entry);
    const list = long.list();
    assert(Array.isArray(list));
    assertEquals([long.length, list.length], [count, count]);
    assertEquals([...list], plain);
    assertEquals(list.slice(-2).map(String), plain.slice(-2).map(String));
    assertEquals(JSON.stringify(list), JSON.stringify(plain));
  }
});

Deno.test("listOnDemand makes an entry when it is read first, and keeps it", () => {
  let made = 0;
  const list = listOnDemand(1500, (index) => ({ index, made: made++ }));
  assertEquals([list.length, made], [1500, 0]);
  assertEquals(list[1499], { index: 1499, made: 0 });
  assert(list[1499] === list.at(-1));
  assertEquals([made, list[1500], 1499 in list, 1500 in list], [1, undefined, true, false]);
  assertEquals(list.map(({ index }) => index), Array.from({ length: 1500 }, (_, index) => index));
  assertEquals([made, Object.keys(list).length], [1500, 1500]);
});

Deno.test("listOnDemand gives a list of many that only reads, and one of few that is plain", () => {
  const many = listOnDemand(1500, String), few = listOnDemand(3, String);
  for (const change of [() => many[0] = "", () => many.push(""), () => many.length = 0]) {
    assertThrows(change, TypeError);
  }
  for (const key of ["", "01", "1.0", " 1", "-0"]) {
    assertEquals([key in many, Reflect.get(many, key)], [false, undefined], key);
  }
  few.push("more");
  assertEquals([few, many[0]], [["0", "1", "2", "more"], "0"]);
});

Deno.test("plainList copies a list that only reads, and no other", () => {
  const many = listOnDemand(1500, String), few = listOnDemand(3, String), copy = [...plainList(many)];
  assertEquals(copy, [...many]);
  copy[0] = "changed";
  assertEquals([many[0], plainList(many) === many, plainList(few) === few], ["0", false, true]);
});
