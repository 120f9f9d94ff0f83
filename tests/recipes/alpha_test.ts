import { assertEquals } from "@std/assert";
import type { RawPixels } from "../../src/codecs/picture.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { onEngines } from "../support/executors.ts";
import { synthetic } from "../support/pictures/synthetic.ts";

const SIZE = { width: 61, height: 43 };
const RGBA: RawPixels = { ...SIZE, data: synthetic({ kind: "noise", w: 61, h: 43, seed: 21, channels: 4 }) };

/** The picture without its transparency, each value as `of` makes it of the stored value and its alpha. */
function opaque(of: (value: number, alpha: number) => number): RawPixels {
  const data = new Uint8Array(SIZE.width * SIZE.height * 3);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / 3) * 4;
    data[i] = of(RGBA.data[pixel + i % 3], RGBA.data[pixel + 3]);
  }
  return { ...SIZE, data };
}

/** Over white, to the nearest byte. Pillow's `alpha_composite` rounds the same where the ground is opaque. */
const onWhite = opaque((value, alpha) => Math.round((value * alpha + 255 * (255 - alpha)) / 255));
const dropped = opaque((value) => value);

/** Over white, and truncated, as numpy makes bytes of floats. */
const truncated = opaque((value, alpha) => Math.floor((1 - alpha / 255) * 255 + alpha / 255 * value));

const SMALL = { height: 56, width: 56 };

/** The classes, and what each makes of a picture that it converts to RGB, as its `convert_to_rgb` says. */
const CLASSES: [type: string, config: Record<string, unknown>, name: string, rgb: RawPixels][] = [
  ["Idefics2ImageProcessor", { size: SMALL }, "composites alpha over white", onWhite],
  ["MllamaImageProcessor", { size: SMALL }, "composites alpha over white", onWhite],
  ["IdeficsImageProcessor", { size: SMALL }, "composites alpha over white", onWhite],
  ["ChameleonImageProcessor", { size: 56, crop_size: 56 }, "composites and truncates alpha", truncated],
  ["Gemma3ImageProcessor", { size: SMALL }, "drops alpha", dropped],
  ["BlipImageProcessor", { size: SMALL }, "drops alpha", dropped],
];

for (const [type, config, name, rgb] of CLASSES) {
  onEngines(
    `recipeFromConfig ${name}: ${type}`,
    async (engine) => {
      const recipe = recipeFromConfig({ image_processor_type: type, ...config });
      const values = async (picture: RawPixels, alpha?: "drop" | "white") =>
        await (await engine.run(recipe, [picture], { alpha })).pixelValues.data();
      const [overWhite, plain] = [await values(onWhite), await values(dropped)];
      assertEquals(await values(RGBA), await values(rgb));
      assertEquals(await values(RGBA, "drop"), plain, "what the caller says goes before");
      assertEquals(await values(RGBA, "white"), overWhite, "what the caller says goes before");
    },
  );
}
