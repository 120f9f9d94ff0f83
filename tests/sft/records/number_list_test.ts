import { assertEquals } from "@std/assert";
import { NumberList } from "../../../src/sft/records/number_list.ts";

Deno.test("NumberList keeps numbers of a file of any size, near each other or far apart", () => {
  for (const step of [0, 1, 200, 2 ** 19, 2 ** 20 + 1, 2 ** 28]) {
    const list = new NumberList(), numbers = Array.from({ length: 10_000 }, (_, index) => 7 + index * step);
    for (const number of numbers) list.push(number);
    assertEquals(list.length, numbers.length);
    assertEquals(numbers.map((_, index) => list.at(index)), numbers, `steps of ${step}`);
  }
});
