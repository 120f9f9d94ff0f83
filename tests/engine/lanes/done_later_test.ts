import { assertEquals } from "@std/assert";
import { doneLater } from "../../../src/engine/lanes/done_later.ts";

Deno.test("doneLater does work once for all calls until then, also where no more follow", async () => {
  let done = 0;
  const later = doneLater(() => done++, 10), passed = () => new Promise((go) => setTimeout(go, 20));
  for (const right of [1, 2]) {
    for (let call = 0; call < 3; call++) later();
    assertEquals(done, right - 1);
    await passed();
    assertEquals(done, right);
  }
});
