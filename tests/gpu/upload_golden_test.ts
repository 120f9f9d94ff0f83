import { assert, assertEquals } from "@std/assert";
import type { RawPixels } from "../../src/codecs/picture.ts";
import { Engine } from "../../src/engine/engine.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { onDevice } from "../support/executors.ts";
import { sha256 } from "../support/golden/golden.ts";
import { takenOf } from "../support/golden/golden_calls.ts";
import { type Call, processorSuites } from "../support/golden/processor_suites.ts";
import { drawnPicture } from "../support/pictures/synthetic.ts";

/** A class of each kind of plan: patches, squares, tiles, tiles cut from a padded canvas, padded pictures. */
const KINDS = [
  "Qwen2VLImageProcessor",
  "CLIPImageProcessor",
  "Idefics3ImageProcessor",
  "LlavaNextImageProcessor",
  "PixtralImageProcessor",
];

/** Returns a golden's pictures as a caller has them who has RGB. */
function rgbOf({ srcs }: Call): RawPixels[] {
  return srcs.map((source) => {
    const { width, height, data } = drawnPicture(source);
    return { width, height, data: data.filter((_, at) => data.length < width * height * 4 || at % 4 !== 3) };
  });
}

onDevice("Engine.open that uploads RGB gives transformers' bytes, in plans of each kind", async (device) => {
  await using engine = await Engine.open({ device, upload: "rgb" });
  for (const type of KINDS) {
    const suites = processorSuites().filter((suite) => suite.class === type);
    const suite = suites.find(({ backend }) => backend === "torchvision")!;
    const made = suite.calls.filter(({ outputs }) => outputs !== undefined);
    const recipe = recipeFromConfig({ image_processor_type: type, ...suite.kwargs }, {
      backend: "torchvision",
    });
    for (const call of takenOf(made, ({ srcs }) => srcs, 1)) {
      using batch = await engine.run(recipe, rgbOf(call));
      const { pixel_values: expected } = call.outputs!;
      assert("sha256" in expected, type);
      const bytes = await batch.outputs.pixel_values.bytes();
      assertEquals([type, sha256(bytes)], [type, expected.sha256]);
    }
  }
});
