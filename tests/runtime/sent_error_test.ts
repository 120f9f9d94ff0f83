import { assert, assertEquals } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { errorOf, sentError } from "../../src/runtime/sent_error.ts";

Deno.test("sentError sends the texts of any error, whatever that holds", () => {
  const own = new VitrailError("io", "no such file: a.png", { cause: () => {} });
  const foreign = new TypeError("not a function", { cause: { retry: () => {} } });
  const named = Object.assign(new Error("odd"), { name: () => {} });
  const [ours, theirs, odd, text] = [own, foreign, named, "thrown text"].map((error) => {
    return errorOf(structuredClone(sentError(error)));
  });
  assert(ours instanceof VitrailError);
  assertEquals([ours.code, ours.message], ["io", own.message]);
  assertEquals([theirs.name, theirs.message, theirs.stack], ["TypeError", "not a function", foreign.stack]);
  assertEquals([odd.message, text.message], ["odd", "thrown text"]);
});
