import { assert, assertEquals, assertRejects } from "@std/assert";
import { DecodeThread } from "../../../src/codecs/aside/decode_thread.ts";
import { DECODE_THREADS } from "../../../src/codecs/aside/decode_threads.ts";
import { planConversation } from "../../../src/engine/conversation/plan_conversation.ts";
import { Engine } from "../../../src/engine/engine.ts";
import type { Executor } from "../../../src/engine/executor.ts";
import { simdExecutor } from "../../../src/engine/executors/on_simd.ts";
import { untilAborted } from "../../../src/engine/run/abort.ts";
import { spliced } from "../../../src/engine/splice/splice.ts";
import type { SplicedImage } from "../../../src/engine/splice/splice_plan.ts";
import { VitrailError } from "../../../src/errors.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";
import { onDevice } from "../../support/executors.ts";
import { bmpOf } from "../../support/pictures/bmp.ts";
import { countMemory } from "../../support/gpu/count_memory.ts";
import { SLOW } from "../../support/lanes/slow_decoder.ts";
import { onSlowEngines, SLOW_RECIPE as recipe } from "../../support/lanes/slow_engines.ts";

/** The most time that may go by from an abort to its end, ms. */
const PROMPT = 1000;

/** Fails where `end` takes long, or where pictures are still begun with a while after it. */
async function assertPrompt(begun: () => number, end: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await end();
  const took = performance.now() - start;
  assert(took < PROMPT, `${took} ms`);
  await new Promise((resolve) => setTimeout(resolve, SLOW)); // a lane hears of it between two decodes
  const before = begun();
  await new Promise((resolve) => setTimeout(resolve, 1.5 * SLOW));
  assertEquals(begun(), before, "pictures begun with after the end");
}

onSlowEngines(
  "Engine.stream that is left decodes no more, and frees all",
  async (engine, begun, pictures) => {
    const batches = engine.stream(recipe, pictures), before = begun();
    for (let seen = 0; seen < 3; seen++) (await batches.next()).value!.dispose();
    await assertPrompt(begun, async () => void await batches.return());
    assert(begun() - before < pictures.length, `${begun() - before} begun`);
  },
);

onSlowEngines("Engine.run ends with its signal's reason", async (engine, begun, pictures) => {
  const why = new RangeError("nobody looks"), ending = new AbortController(), { signal } = ending;
  const running = engine.run(recipe, pictures, { signal }), before = begun();
  const error = assertRejects(() => running, RangeError, "nobody looks");
  await new Promise((resolve) => setTimeout(resolve, SLOW));
  await assertPrompt(begun, async () => {
    ending.abort(why);
    assertEquals(await error, why);
  });
  assert(begun() - before < pictures.length, `${begun() - before} begun`);
  await assertRejects(() => engine.run(recipe, pictures, { signal }), RangeError, "nobody looks");
});

onSlowEngines(
  "Engine.stream ends with its signal's reason, whatever it waits for",
  async (engine, begun, own) => {
    const sources: (() => AsyncIterable<Uint8Array> | Iterable<Uint8Array>)[] = [
      () => own,
      async function* () {
        yield* own.slice(0, 2);
        await new Promise(() => {}); // never
      },
    ];
    for (const source of sources) {
      const ending = new AbortController();
      const stream = async () => {
        for await (const batch of engine.stream(recipe, source(), { signal: ending.signal })) batch.dispose();
      };
      const error = assertRejects(stream, DOMException, "aborted");
      await new Promise((resolve) => setTimeout(resolve, SLOW));
      await assertPrompt(begun, async () => {
        ending.abort();
        assertEquals((await error).name, "AbortError");
      });
    }
  },
);

Deno.test("Engine.run that is aborted ends the threads that decode for it", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const { decode } = DecodeThread.prototype, ending = new AbortController(), { signal } = ending;
  const first = Promise.withResolvers<void>();
  let begun = 0;
  DecodeThread.prototype.decode = function (...picture) {
    begun++;
    first.resolve();
    return decode.apply(this, picture);
  };
  try {
    const data = new Uint8Array(12e6), size = { width: 2000, height: 1500 };
    const bmp = bmpOf({ ...size, data, orientation: 1, own: false }); // which no native decoder reads
    const error = assertRejects(() => engine.run(recipe, Array(12).fill(bmp), { signal }), DOMException);
    await first.promise;
    await assertPrompt(() => begun, async () => {
      ending.abort();
      assertEquals((await error).name, "AbortError");
    });
    assert(begun < 12, `${begun} begun`);
    assertEquals(DECODE_THREADS.running, 0);
  } finally {
    DecodeThread.prototype.decode = decode;
    await DECODE_THREADS.close();
  }
});

Deno.test("Engine.run that is aborted does not wait for a clip's source", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  async function* frames() {
    yield { width: 8, height: 8, data: new Uint8Array(192) };
    await new Promise(() => {}); // never
  }
  const clip = { frames: frames(), count: 3, fps: 2 }, signal = AbortSignal.timeout(50);
  await assertRejects(() => engine.run(recipe, [clip], { signal }), DOMException, "timeout");
});

Deno.test("untilAborted frees what work gives after all, and leaves other errors as they are", async () => {
  const freed: string[] = [], free = (made: string) => freed.push(made), ending = new AbortController();
  assertEquals(await untilAborted(Promise.resolve("a"), ending.signal, free), "a");
  const broken = () => Promise.reject(new RangeError("broken"));
  await assertRejects(() => untilAborted(broken(), ending.signal, free), RangeError, "broken");
  const work = new Promise<string>((resolve) => setTimeout(resolve, 30, "b"));
  ending.abort(new RangeError("enough"));
  await assertRejects(() => untilAborted(work, ending.signal, free), RangeError, "enough");
  assertEquals(freed, ["b"]);
});

Deno.test("Engine.run refuses a signal that is none", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const signal = "soon" as unknown as AbortSignal;
  const error = await assertRejects(() => engine.run(recipe, [], { signal }), VitrailError);
  assertEquals([error.code, error.message], ["usage", 'signal is an AbortSignal, found "soon"']);
});

/** Features of enough tokens for several windows on the CPU, and how to splice them. */
function longSplice() {
  const splice = ixc24khd(), rows = 2 * 24, channels = 256;
  const newline = new Float32Array(4 * channels), images = Array<SplicedImage>(24).fill({ grid: [1, 1] });
  const features = { shape: [rows, 576, channels], data: new Float32Array(rows * 576 * channels) };
  return { splice, features, images, newline, separator: newline };
}

Deno.test("Engine.splice ends with its signal's reason, between two windows", async () => {
  const { splice, features, images, newline, separator } = longSplice(), ending = new AbortController();
  const simd = simdExecutor();
  let windows = 0;
  const executor: Executor = {
    ...simd,
    async *splice(work, to) {
      for await (const rows of simd.splice(work, to)) {
        if (++windows === 1) ending.abort(new RangeError("enough"));
        yield rows;
      }
    },
  };
  const call = { recipe: splice, features, images, options: { newline, separator } };
  const options = { ...call.options, signal: ending.signal };
  await assertRejects(() => spliced(executor, { ...call, options }), RangeError, "enough");
  assertEquals(windows, 1);
  const whole = await spliced(executor, call);
  assertEquals(whole.tokens.shape[1], whole.lengths.reduce((a, b) => a + b, 0));
  assert(windows > 2, `${windows} windows`);
  await assertRejects(() => spliced(executor, { ...call, options }), RangeError, "enough");
});

onDevice("Engine.splice that is aborted leaves no buffer on the device", async (device) => {
  const bytes = countMemory(device), submit = device.queue.submit.bind(device.queue);
  await using engine = await Engine.open({ device, memory: 2 ** 20 });
  const { splice, features, images, newline, separator } = longSplice();
  let abort = () => {}, left = Infinity, submitted = 0;
  device.queue.submit = (commands) => {
    submitted++;
    if (--left === 0) abort();
    submit(commands);
  };
  const made = async (signal?: AbortSignal) => {
    const { tokens } = await engine.splice(splice, features, images, { newline, separator, signal });
    assertEquals((await tokens.bytes()).length, tokens.shape[1] * newline.byteLength);
  };
  await made();
  const all = submitted;
  assert(bytes() > 0 && all > 8, `${bytes()} bytes, ${all} submissions`);
  for (const at of [1, 2, all >> 1]) {
    const kept: number[] = []; // by the pool, for later work
    for (let time = 0; time < 3; time++) {
      const ending = new AbortController();
      [abort, left, submitted] = [() => ending.abort(), at, 0];
      await assertRejects(() => made(ending.signal), DOMException, "aborted");
      assert(submitted < at + 4, `${submitted} submissions after an abort at ${at}`);
      kept.push(bytes());
    }
    assertEquals(kept, Array(3).fill(kept[0]), `bytes after aborts at submission ${at}`);
  }
  left = Infinity;
  await made();
});

Deno.test("planConversation ends with its signal's reason, whatever it waits for", async () => {
  const ending = new AbortController(), { signal } = ending, begun: number[] = [];
  const image = (index: number) =>
    Object.assign(new Blob([]), {
      arrayBuffer: () => {
        begun.push(index);
        return new Promise<ArrayBuffer>(() => {}); // never
      },
    });
  const content = Array.from(
    { length: 200 },
    (_, index) => ({ type: "image", image: image(index) } as const),
  );
  const planned = planConversation(recipe, {
    messages: [{ role: "user", content }],
    tokenizer: () => [],
    template: "a",
    signal,
  });
  const error = assertRejects(() => planned, DOMException, "aborted");
  setTimeout(() => ending.abort(), 20);
  const start = performance.now();
  await error;
  assert(performance.now() - start < PROMPT);
  assert(begun.length < content.length, `${begun.length} begun`);
});
