import { assert, assertEquals } from "@std/assert";
import { DENO } from "../../src/runtime/deno_runtime.ts";

const BLOCK = 32 * 1024, BLOCKS = 2_000;

Deno.test({
  name: "DENO gives back what native code has freed below a block that it keeps",
  ignore: Deno.build.os !== "linux", // other systems' allocators give it back by themselves
  async fn() {
    using libc = library();
    const { malloc, memset, free } = libc.symbols;
    const blocks = Array.from({ length: BLOCKS }, () => memset(malloc(BigInt(BLOCK)), 1, BigInt(BLOCK)));
    const last = blocks.pop()!;
    for (const block of blocks) free(block);
    const kept = Deno.memoryUsage().rss;
    await DENO.giveMemoryBack();
    const given = kept - Deno.memoryUsage().rss;
    free(last);
    assert(given > BLOCK * BLOCKS / 2, `${given} bytes were given back, of ${BLOCK * BLOCKS}`);
  },
});

Deno.test("DENO gives back arrays that nobody holds, beside a ballast of other memory", async () => {
  const ballast = new ArrayBuffer(2 ** 29);
  let old: Uint8Array[] = Array.from({ length: BLOCKS / 4 }, () => new Uint8Array(BLOCK));
  await DENO.giveMemoryBack();
  const held = Deno.memoryUsage().external, bytes = BLOCK * old.length;
  old = [];
  await DENO.giveMemoryBack();
  const given = held - Deno.memoryUsage().external;
  assert(given > bytes / 2 && ballast.byteLength > 0 && old.length === 0, `${given} bytes, of ${bytes}`);
});

Deno.test("DENO.giveMemoryBack takes the collector that V8's flags give, and never throws", async () => {
  const scope = globalThis as { gc?: () => void }, before = scope.gc;
  let calls = 0;
  try {
    scope.gc = () => {
      calls++;
      throw new Error("no memory");
    };
    await DENO.giveMemoryBack();
    assertEquals(calls, 1);
  } finally {
    if (before) scope.gc = before;
    else delete scope.gc;
  }
});

function library() {
  const library = Deno.dlopen("libc.so.6", {
    malloc: { parameters: ["usize"], result: "pointer" },
    memset: { parameters: ["pointer", "i32", "usize"], result: "pointer" },
    free: { parameters: ["pointer"], result: "void" },
  });
  return Object.assign(library, { [Symbol.dispose]: () => library.close() });
}

Deno.test("DENO.inflated gives a zlib stream that is whole and holds no more than it may", async () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, at) => at * 7);
  const body = new Response(bytes).body!.pipeThrough(new CompressionStream("deflate"));
  const stream = await new Response(body).bytes();
  assertEquals(Uint8Array.from(DENO.inflated(stream, 300)!), bytes);
  assertEquals(DENO.inflated(Uint8Array.of(...stream, 1, 2), 400)?.length, 300);
  assertEquals([DENO.inflated(stream, 299), DENO.inflated(stream.subarray(0, -1), 300)], [
    undefined,
    undefined,
  ]);
});
