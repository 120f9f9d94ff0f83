import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

Deno.test("DECODES_AT_ONCE are the cores and two more, the largest first, within memory", async () => {
  const program = fileURLToPath(new URL("../../support/lanes/many_cores.ts", import.meta.url));
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", program],
    stderr: "inherit",
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals(code, 0);
  const { streamed, call: { most, begun }, bounded, held } = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals([streamed, most, begun.length], [26, 26, 60]);
  const later = begun.slice(26);
  assertEquals(later, later.toSorted((a: number, b: number) => b - a), "the largest of those that wait");
  assert(bounded > 1 && bounded <= held, `${bounded} at once, and memory holds the pixels of ${held}`);
});
