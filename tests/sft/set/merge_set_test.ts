import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { VitrailError } from "../../../src/errors.ts";
import { sha256Of } from "../../../src/formats/sha256.ts";
import { mergeSet } from "../../../src/sft/set/merge_set.ts";
import { turns, writeSamples } from "../../support/sft/data_set.ts";
import { SMALL } from "../../support/sft/sft_set.ts";
import { inFolder, vitrail } from "../../support/vitrail.ts";

inFolder(
  "mergeSet holds a shard against the checksum in it, and sft makes such a shard again",
  async (folder) => {
    const data = await writeSamples(folder, "data.json", [{ conversations: turns("?", "!") }]);
    const out = join(folder, "out"), path = join(out, "shard-00000.safetensors");
    const args = ["sft", data, ...SMALL, "--out", out, "--json"];
    assertEquals((await vitrail(...args)).status, 0);
    const whole = await Deno.readFile(path), changed = whole.with(-40, whole.at(-40)! ^ 1);
    await Deno.writeFile(path, changed);
    await assertRejects(
      () => mergeSet(out, true),
      VitrailError,
      "shard-00000.safetensors has another checksum",
    );
    // Somebody makes the manifest and the note fit the changed shard.
    const sha256 = await sha256Of(path);
    for (const [name, change] of [["manifest.json", inManifest], ["shard-00000.json", inNote]] as const) {
      const json = JSON.parse(await Deno.readTextFile(join(out, name)));
      await Deno.writeTextFile(join(out, name), JSON.stringify(change(json, sha256)));
    }
    const words = "shard-00000.safetensors does not end in the checksum of its content";
    await assertRejects(() => mergeSet(out, true), VitrailError, words);
    assertEquals((await mergeSet(out, false)).totals.samples, 1);
    const again = await vitrail(...args);
    assertEquals([again.status, JSON.parse(again.out).kept], [0, 0]);
    assertEquals(await Deno.readFile(path), whole);
  },
);

function inManifest(manifest: { shards: object[] }, sha256: string): object {
  return { ...manifest, shards: manifest.shards.map((shard) => ({ ...shard, sha256 })) };
}

function inNote(note: object, sha256: string): object {
  return { ...note, sha256 };
}
