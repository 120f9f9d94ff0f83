import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { PNG_WASM } from "../../../src/codecs/decoders/imagescript_wasm.ts";
import { sharpDecoder } from "../../../src/codecs/decoders/sharp.ts";
import { turns, writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { inFolder, vitrail } from "../../support/vitrail.ts";

/** Has neither sharp nor the portable decoder of PNG be there, until the result is disposed of. */
function withoutPngDecoders(): Disposable {
  const { missing } = sharpDecoder, { module } = PNG_WASM;
  sharpDecoder.missing = () => Promise.resolve("its native library does not load");
  PNG_WASM.module = () => Promise.reject(new TypeError("no such file"));
  return {
    [Symbol.dispose]() {
      sharpDecoder.missing = missing;
      PNG_WASM.module = module;
    },
  };
}

inFolder("pixelRows ends, and leaves no sample out, where a decoder cannot be loaded", async (folder) => {
  await writePicture(folder, "a.png", { kind: "noise", w: 20, h: 30, seed: 1 });
  const samples = [{ id: 0, conversations: turns("?", "!") }, {
    id: 1,
    conversations: turns("<ImageHere>?", "!"),
    image: "a.png",
  }];
  const data = await writeSamples(folder, "data.json", samples), out = join(folder, "out");
  const recipe = ["--recipe", "ixc2", "--set", "size=28", "--executor", "simd", "--lanes", "0"];
  const command = ["sft", data, ...recipe, "--image-root", folder, "--out", out, "--on-error", "skip"];
  {
    using _without = withoutPngDecoders();
    const { status, err } = await vitrail(...command);
    assertMatch(err, /cannot read .*a\.png: the PNG decoder cannot be loaded: no such file/);
    assertEquals(status, 1);
  }
  const { status, err } = await vitrail(...command);
  assertEquals(status, 0, err);
});
