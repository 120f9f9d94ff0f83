import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { WITHOUT_GPU } from "../../support/executors.ts";

/** The most memory that two rounds of killed Workers and closed engines may leave behind, MiB. */
const LEFT = 40;

const PROGRAM = fileURLToPath(new URL("../../support/lanes/troubled_lanes.ts", import.meta.url));

/** Runs the program of such trouble in a process of its own, which has to end, and returns what it prints. */
async function troubled(trouble: string) {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", PROGRAM, trouble],
    stderr: "null", // Deno itself tells of Workers that fail
    signal: AbortSignal.timeout(90_000),
  }).output();
  assertEquals(code, 0);
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("Lanes whose module cannot be read leave the work to lane 0, and tell why", async () => {
  const { lanes, images, trouble } = await troubled("no module");
  assertEquals([lanes, images], [0, 2]);
  assertMatch(trouble, /^lanes: 0 of 2 can work; a lane is gone: .*there_is_no_such_module/);
});

Deno.test({
  name: "Lanes whose device cannot be opened leave the work to lane 0, and tell why",
  ignore: WITHOUT_GPU,
  async fn() {
    const { lanes, images, trouble } = await troubled("no second device");
    assertEquals([lanes, images], [0, 2]);
    assertMatch(trouble, /^lanes: 0 of 2 can work; no WebGPU adapter found/);
  },
});

Deno.test("Lanes that are killed, and closed at work, leave neither threads nor memory", async () => {
  const { codes, threads, grown } = await troubled("killed and closed");
  assertEquals([codes, threads], [Array(4).fill("device"), 0]);
  assert(grown < LEFT, `${grown} MiB`);
});
