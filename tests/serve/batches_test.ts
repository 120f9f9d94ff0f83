import { assertEquals } from "@std/assert";
import { nullDevice } from "../../bench/host/null_device.ts";
import { encodePng } from "../../src/codecs/encode_png.ts";
import { Engine } from "../../src/engine/engine.ts";
import { DECODES_AT_ONCE } from "../../src/engine/run/decode_gate.ts";
import { dataUri, imageMessage, LocalService, PICTURES_ALONE } from "../support/serve/served.ts";

const PNG = await encodePng(2, 2, new Uint8Array(16));
const BODY = { messages: [imageMessage(dataUri(PNG))] };

/**
 * A service whose batches are as by default, on an engine whose work waits until it is released; `whole` says
 * of each batch if it goes to a lane whole.
 */
function held(engine: Engine) {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const runPlan = engine.runPlan.bind(engine), whole: (boolean | undefined)[] = [];
  engine.runPlan = async (...given) => {
    whole.push(given[3]?.many);
    await released;
    return await runPlan(...given);
  };
  // Bodies of unknown length take as much memory as they may have.
  const served = new LocalService(PICTURES_ALONE, engine, { limits: { maxBody: 2 ** 20 } });
  const read = async (name: string) => {
    const text = new TextDecoder().decode((await served.ask("/metrics")).bytes);
    return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)![1]);
  };
  /** Resolves once a count of the service's metrics is so many. */
  const until = async (name: string, count: number) => {
    const deadline = performance.now() + 5000;
    while (await read(name) !== count && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assertEquals(await read(name), count, name);
  };
  return { served, release, read, until, whole };
}

const MADE = "vitrail_batch_pictures_count", WAITING = "vitrail_waiting_pictures";

Deno.test("Batches shares what comes while two batches are under way on a GPU", async () => {
  await using engine = await Engine.open({ device: nullDevice().device });
  const { served, release, read, until } = held(engine), asked: ReturnType<typeof served.post>[] = [];
  for (let made = 1; made <= 2; made++) {
    asked.push(served.post("/preprocess", BODY));
    await until(MADE, made);
  }
  for (let i = 0; i < 17; i++) asked.push(served.post("/preprocess", BODY));
  await until(WAITING, 17);
  await new Promise((resolve) => setTimeout(resolve, 20)); // longer than requests wait for others
  assertEquals(await read(MADE), 2);
  release();
  assertEquals((await Promise.all(asked)).map(({ status }) => status), Array(19).fill(200));
  assertEquals(await read(MADE), 4); // of 1, 1, 16 and 1 pictures
});

Deno.test("Batches makes each request by itself without a GPU, as many at once as are decoded", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const { served, release, read, until } = held(engine);
  const asked = Array.from({ length: DECODES_AT_ONCE + 2 }, () => served.post("/preprocess", BODY));
  await until(WAITING, 2);
  assertEquals(await read(MADE), DECODES_AT_ONCE);
  release();
  await Promise.all(asked);
  assertEquals(await read(MADE), DECODES_AT_ONCE + 2);
});

Deno.test("Batches has lanes make requests beside others, and this thread a lone one", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const { served, release, until, whole } = held(engine), first = served.post("/preprocess", BODY);
  await until(MADE, 1);
  const second = served.post("/preprocess", BODY);
  await until(MADE, 2);
  release();
  await Promise.all([first, second]);
  await served.post("/preprocess", BODY);
  assertEquals(whole, [false, true, false]);
});
