import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { probePicture } from "../../../src/codecs/load.ts";
import { DecodeGate } from "../../../src/engine/run/decode_gate.ts";
import { loadChunk } from "../../../src/engine/run/load_chunk.ts";
import { VitrailError } from "../../../src/errors.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";
import { fixtureBytes } from "../../support/pictures/fixtures.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** Ways in which a file may change once its header was read, with the error's code and words. */
const CHANGES: [string, (path: string) => Promise<unknown>, string, RegExp][] = [
  ["gone", (path) => Deno.remove(path), "io", /^no such file: .*gone$/],
  ["empty", (path) => Deno.truncate(path, 0), "decode", /: it is empty \(0 bytes\)/],
  ["cut", (path) => Deno.truncate(path, 1000), "decode", /PNG data ends after 1000 bytes/],
  [
    "other",
    async (path) => Deno.writeFile(path, await fixtureBytes("turned-6.png")),
    "decode",
    /^picture 1 is 40x27, and its header announced 61x43$/,
  ],
  [
    "folder",
    async (path) => {
      await Deno.remove(path);
      await Deno.mkdir(path);
    },
    "io",
    /is a directory, not a picture file$/,
  ],
];

Deno.test("loadChunk says what became of a picture between its header and its pixels", () =>
  inFolder(async (folder) => {
    for (const [name, change, code, message] of CHANGES) {
      const path = `${folder}/${name}`;
      await Deno.writeFile(path, await fixtureBytes("rgb.png"));
      const size = await probePicture(path, 0), plan = planSample(ixc24khd({ hdNum: 2 }), [size]);
      await change(path);
      const load = () =>
        loadChunk(plan, { from: 0, to: plan.images.length }, () => path, {}, { decodes: new DecodeGate() });
      const error = await assertRejects(load, VitrailError);
      assertEquals(error.code, code, name);
      assertMatch(error.message, message);
    }
  }));
