/** Devices that are lost at some call of WebGPU, once or several times, under all kinds of work. */

import { Engine } from "../../../src/engine/engine.ts";
import type { Destination } from "../../../src/engine/executor.ts";
import { draws, oneOf } from "../../support/fuzz/draws.ts";
import { engineWork, sameBytes } from "../../support/fuzz/engine_work.ts";
import { losingDevices } from "../../support/gpu/losing_devices.ts";
import type { FuzzRow } from "../fuzz_row.ts";

/** A device is opened again twice, and each time its kernels are compiled. */
export const deadline = 30;

export async function open(): Promise<FuzzRow> {
  const devices = losingDevices(), memory = 2 ** 20;
  const engine = await Engine.open({ executor: "webgpu", lanes: 0, memory });
  const right = await Engine.open({ executor: "simd", lanes: 0 });
  return {
    input(draw) {
      const losses = Array.from({ length: 1 + draw(2) }, () => draw(oneOf(draw, [10, 60, 200])));
      const text = JSON.stringify({ seed: draw(2 ** 31), losses, to: oneOf(draw, ["cpu", "device"]) });
      return { bytes: new TextEncoder().encode(text), ending: "json" };
    },
    async attack({ bytes }) {
      const { seed, losses, to }: { seed: number; losses: number[]; to: Destination } = JSON.parse(
        new TextDecoder().decode(bytes),
      );
      const work = engineWork(draws(seed)), expected = await work.run(right, {});
      devices.lose(...losses);
      const made = await work.run(engine, { to }).catch((error) => {
        // A result on the device is lost with it, if it is read after its call.
        if (to === "device" && /was lost .*run the call again/.test(error.message)) return expected;
        throw error;
      });
      devices.lose();
      if (!sameBytes(made, expected)) return `${work.name} gives other bytes`;
      if (!sameBytes(await work.run(engine, {}), expected)) {
        return `${work.name} gives other bytes afterwards`;
      }
      const left = devices.opened - devices.destroyed;
      if (left !== 1) return `${left} devices are open after ${work.name}`;
    },
    async close() {
      await engine[Symbol.asyncDispose]();
      await right[Symbol.asyncDispose]();
    },
  };
}
