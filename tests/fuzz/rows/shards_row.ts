/** Shards in which something was changed: an error, or with a right checksum samples that can be read. */

import { join } from "node:path";
import { readShard } from "../../../src/sft/shards/read_shard.ts";
import { isSealed, mutatedShard } from "../../support/fuzz/mutated_shards.ts";
import { smallSet } from "../../support/fuzz/small_set.ts";
import { vitrail } from "../../support/vitrail.ts";
import { type FuzzRow, orOurError } from "../fuzz_row.ts";

export async function open(): Promise<FuzzRow> {
  const folder = await Deno.makeTempDir({ prefix: "vitrail-fuzz-" }), path = join(folder, "a.safetensors");
  const out = join(folder, "out");
  await vitrail(...await smallSet(folder, 2), "--pack", "900", "--out", out);
  const shards = (await Array.fromAsync(Deno.readDir(out))).filter(({ name }) =>
    name.endsWith(".safetensors")
  );
  const shard = await Deno.readFile(join(out, shards.map(({ name }) => name).sort()[0]));
  return {
    input: (draw) => ({ bytes: mutatedShard(shard, draw).bytes, ending: "safetensors" }),
    async attack({ bytes }) {
      await Deno.writeFile(path, bytes);
      const read = await orOurError(async () => {
        for await (const { outputs } of readShard(path)) {
          for (const tensor of Object.values(outputs)) await tensor.bytes();
        }
        return true;
      });
      return read && !isSealed(bytes) ? "it is read, though its checksum is wrong" : undefined;
    },
    close: () => Deno.remove(folder, { recursive: true }),
  };
}
