import { assert, assertEquals, assertRejects } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { loaded, NotLoaded } from "../../src/runtime/loaded.ts";
import { errorOf, sentError } from "../../src/runtime/sent_error.ts";

Deno.test("sentError sends the texts of any error, whatever that holds", () => {
  const own = new VitrailError("io", "no such file: a.png", { cause: () => {} });
  const foreign = new TypeError("not a function", { cause: { retry: () => {} } });
  const named = Object.assign(new Error("odd"), { name: () => {} });
  const [ours, theirs, odd, text] = [own, foreign, named, "thrown text"].map((error) => {
    return errorOf(structuredClone(sentError(error)));
  });
  assert(ours instanceof VitrailError);
  assertEquals([ours.code, ours.message, ours instanceof NotLoaded], ["io", own.message, false]);
  assertEquals([theirs.name, theirs.message, theirs.stack], ["TypeError", "not a function", foreign.stack]);
  assertEquals([odd.message, text.message], ["odd", "thrown text"]);
});

Deno.test("loaded throws what is NotLoaded in another thread as well", async () => {
  const load = () => Promise.reject(new TypeError("no such module"));
  const here = await assertRejects(() => loaded("the library", load), NotLoaded);
  const there = errorOf(structuredClone(sentError(here)));
  assert(there instanceof NotLoaded);
  assertEquals([there.code, there.message], ["io", "the library cannot be loaded: no such module"]);
});
