/** Files of safetensors whose header or whose bytes were changed. */

import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "../../../src/formats/safetensors.ts";
import { mutatedJson } from "../../support/fuzz/mutated_json.ts";
import { damagedCopy } from "../../support/pictures/mutations.ts";
import { type FuzzRow, orOurError } from "../fuzz_row.ts";

export async function open(): Promise<FuzzRow> {
  const folder = await Deno.makeTempDir({ prefix: "vitrail-fuzz-" }), path = join(folder, "a.safetensors");
  await writeSafetensors(path, [
    {
      name: "pixels",
      dtype: "F32",
      shape: [2, 3, 4],
      data: Float32Array.from({ length: 24 }, (_, at) => at / 7),
    },
    { name: "ids", dtype: "I64", shape: [5], data: BigInt64Array.from([1n, 2n, 3n, 4n, 5n]) },
    { name: "bytes", dtype: "U8", shape: [0, 7], data: new Uint8Array() },
  ], { format: "pt", vitrail: "1" });
  const whole = await Deno.readFile(path), length = new DataView(whole.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(whole.subarray(8, 8 + length)));
  return {
    input(draw) {
      if (draw(2) === 0) return { bytes: damagedCopy(whole, draw(2 ** 32)), ending: "safetensors" };
      const json = mutatedJson(header, draw),
        bytes = new Uint8Array(8 + json.length + whole.length - length - 8);
      new DataView(bytes.buffer).setUint32(0, json.length, true);
      bytes.set(json, 8);
      bytes.set(whole.subarray(8 + length), 8 + json.length);
      return { bytes, ending: "safetensors" };
    },
    async attack({ bytes }) {
      await Deno.writeFile(path, bytes);
      const file = await orOurError(() => readSafetensors(path));
      if (file === undefined) return undefined;
      for (const [name, { shape, data }] of file.tensors) {
        const count = shape.reduce((product, side) => product * side, 1);
        if (count !== data.length) return `${name} [${shape}] holds ${data.length} elements`;
      }
    },
    close: () => Deno.remove(folder, { recursive: true }),
  };
}
