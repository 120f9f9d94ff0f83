import { encodePng } from "../../../src/codecs/encode_png.ts";
import { namedBytes } from "../../../src/codecs/picture.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { type SlowPicture, SlowPictures, slowText } from "../../../src/engine/run/slow_pictures.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { decodeSlowly } from "../../support/lanes/slow_decoder.ts";
import { assert, assertEquals } from "@std/assert";

function picture(name: string, ms: number): SlowPicture {
  return { name, isNamed: true, ms, width: 13300, height: 13300, format: "gif", decoder: "gif" };
}

Deno.test("SlowPictures keeps the slowest five, each once, of those of a second and more", () => {
  const slow = new SlowPictures();
  for (const [index, ms] of [999, 2000, 1000, 9000, 4000, 3000, 5000].entries()) {
    slow.note(picture(`${index}.gif`, ms));
  }
  slow.note(picture("3.gif", 1500));
  slow.note(picture("5.gif", 7000));
  assertEquals(slow.slowest.map(({ name, ms }) => [name, ms]), [
    ["3.gif", 9000],
    ["5.gif", 7000],
    ["6.gif", 5000],
    ["4.gif", 4000],
    ["1.gif", 2000],
  ]);
  assertEquals(
    slowText(picture("a.gif", 11_234)),
    "slow: a.gif took 11.2 s to decode: it is 13300x13300, 176.9 million pixels of gif, by the decoder " +
      "gif, which runs without native code",
  );
  assertEquals(slowText(picture("a\x1b[2J\nb", 1000)).split(" took")[0], "slow: a\\u001b[2J\\nb");
});

Deno.test("SlowPictures keeps pictures of one name that are not one picture", () => {
  const slow = new SlowPictures(),
    keeps = (...more: SlowPicture[]) => {
      for (const own of more) slow.note(own);
      return slow.slowest.map(({ ms }) => ms);
    };
  const unnamed = (ms: number): SlowPicture => ({ ...picture("picture 1", ms), isNamed: false });
  assertEquals(keeps(unnamed(9000), unnamed(8000), unnamed(7000)), [9000, 8000, 7000]);
  const own = picture("a.gif", 6000);
  assertEquals(keeps(own, { ...own, width: 13000, ms: 5000 }, { ...own, ms: 4000 }), [
    9000,
    8000,
    7000,
    6000,
    5000,
  ]);
});

Deno.test("Engine.slowest names the pictures that took a second and more to decode", async () => {
  await using engine = await Engine.open({ executor: "reference" });
  const bytes = namedBytes(await encodePng(3, 2, new Uint8Array(24)), "slow.png");
  (await engine.run(customRecipe({ size: 8 }), [bytes])).dispose();
  assertEquals(engine.slowest, []);
  using _slow = decodeSlowly(1010);
  (await engine.run(customRecipe({ size: 8 }), [bytes])).dispose();
  const [{ ms, ...found }, ...others] = engine.slowest;
  assertEquals(found, {
    name: "slow.png",
    isNamed: true,
    width: 3,
    height: 2,
    format: "png",
    decoder: "sharp",
  });
  assert(ms >= 1000 && others.length === 0, `${ms} ms, and ${others.length} others`);
});
