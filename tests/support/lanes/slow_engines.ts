import { assert, assertEquals } from "@std/assert";
import { encodePng } from "../../../src/codecs/encode_png.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { runtime } from "../../../src/runtime/here.ts";
import { rgbaOf } from "../pictures/rgba.ts";
import { synthetic } from "../pictures/synthetic.ts";
import { spyOnLanes } from "./lane_spy.ts";
import { BEGUN, decodeSlowly, SLOW } from "./slow_decoder.ts";

/** The recipe of slow engines' pictures. */
export const SLOW_RECIPE = customRecipe({ size: 48, tile: 24 });

async function picture(width: number, height: number): Promise<Uint8Array> {
  return await encodePng(width, height, rgbaOf(synthetic({ kind: "noise", w: width, h: height, seed: 1 })));
}

/**
 * Registers `test` without lanes and with two, each time with an engine of its own, whose decoders are slow
 * and whose memory holds few pictures. After the test all of that memory is free.
 */
export function onSlowEngines(
  name: string,
  test: (engine: Engine, begun: () => number, pictures: Uint8Array[]) => Promise<void>,
): void {
  for (const lanes of [0, 2]) {
    Deno.test(`${name} (${lanes} lanes)`, async () => {
      const pictures = Array<Uint8Array>(60).fill(await picture(96, 64)), { startThread } = runtime;
      using spy = spyOnLanes();
      using slow = decodeSlowly(SLOW);
      using channel = Object.assign(new BroadcastChannel(BEGUN), {
        [Symbol.dispose](this: BroadcastChannel) {
          this.close();
        },
      });
      let byLanes = 0;
      channel.onmessage = () => byLanes++;
      const module = new URL("./slow_lane_worker.ts", import.meta.url);
      runtime.startThread = (start) => startThread({ ...start, module });
      try {
        await using engine = await Engine.open({ executor: "simd", lanes, memory: 2 ** 20 });
        const end = performance.now() + 30_000;
        while (spy.opened < lanes) {
          assert(performance.now() < end, engine.laneTrouble);
          (await engine.run(SLOW_RECIPE, pictures.slice(0, 4))).dispose();
        }
        await test(engine, () => slow.begun.length + byLanes, pictures);
        const large = await picture(420, 400); // it takes nearly all memory
        const left = await engine.run(SLOW_RECIPE, [large, pictures[0]]);
        assertEquals(left.images.length, 2);
        assert(lanes === 0 || byLanes > 0, "no Worker has told of a picture");
      } finally {
        runtime.startThread = startThread;
      }
    });
  }
}
