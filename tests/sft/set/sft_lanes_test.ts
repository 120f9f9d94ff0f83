import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { sharpDecoder } from "../../../src/codecs/decoders/sharp.ts";
import { spyOnLanes } from "../../support/lanes/lane_spy.ts";
import {
  assertSameFiles,
  type Files,
  filesIn,
  turns,
  writePicture,
  writeSamples,
} from "../../support/sft/data_set.ts";
import { inFolder, vitrail } from "../../support/vitrail.ts";

/** The longest that this isolate's decodes wait for a lane's work, ms. */
const PATIENCE = 60_000;

/** The pictures of the set. */
const PICTURES = 40;

/** Has this isolate decode nothing while `isEarly`, until the result is disposed of. */
function delayDecodes(isEarly: () => boolean): Disposable {
  const { decode } = sharpDecoder;
  sharpDecoder.decode = async (...asked) => {
    const start = performance.now();
    while (isEarly() && performance.now() - start < PATIENCE) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return await decode.apply(sharpDecoder, asked);
  };
  return { [Symbol.dispose]: () => void (sharpDecoder.decode = decode) };
}

inFolder("vitrail sft --lanes makes the same shards with none, one and three", async (folder) => {
  using spy = spyOnLanes();
  let lanes = 0, made = 0;
  using _slow = delayDecodes(() => lanes > 0 && spy.made === made);
  for (let index = 0; index < PICTURES; index++) {
    await writePicture(folder, `${index}.png`, { kind: "noise", w: 20 + index % 9, h: 30, seed: index + 1 });
  }
  const samples = Array.from({ length: PICTURES }, (_, id) => ({
    id,
    conversations: turns("<ImageHere>?", "!"),
    image: `${id}.png`,
  }));
  const data = await writeSamples(folder, "data.json", samples);
  const recipe = ["--recipe", "ixc2", "--set", "size=28", "--executor", "simd", "--image-root", folder];
  let expected: Files | undefined;
  for (lanes of [0, 1, 3]) {
    const out = join(folder, `by_${lanes}`);
    made = spy.made;
    const command = ["sft", data, ...recipe, "--out", out, "--lanes", `${lanes}`, "--json"];
    const { status, err } = await vitrail(...command);
    assertEquals(status, 0, err);
    assert(lanes === 0 || spy.made > made, `nothing was made by ${lanes} lanes`);
    const files = await filesIn(out);
    if (expected) assertSameFiles(files, expected);
    expected = files;
  }
});
