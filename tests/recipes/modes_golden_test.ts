import { assertEquals } from "@std/assert";
import { rgbaOfCmyk } from "../../src/codecs/decoders/cmyk.ts";
import { encodePng } from "../../src/codecs/encode_png.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { Dtype } from "../../src/plan/dtype.ts";
import type { Recipe } from "../../src/recipes/recipe.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { onEngines } from "../support/executors.ts";
import { assertGolden, golden } from "../support/golden/golden.ts";
import { checkCalls } from "../support/golden/golden_calls.ts";
import { recipeOf } from "../support/pipeline.ts";
import { type Synthetic, synthetic } from "../support/pictures/synthetic.ts";

/**
 * Hashes of what Pillow makes of a picture in `mode`. A pipeline is there where the real transform takes the
 * mode.
 */
interface Call {
  src: Synthetic;
  mode: string;
  convert_rgb: { sha256: string };
  [pipeline: string]: unknown;
}

const { records } = golden<{ records: Call[] }>("modes");
const PIPELINES = ["4khd_hd16", "ixc25_ft_hd18", "ixc25_image_hd24"];

/** Returns a PNG of a synthetic RGB or RGBA picture. */
function pngOf({ src, mode }: Call): Promise<Uint8Array> {
  const bytes = synthetic(src);
  if (mode === "RGBA") return encodePng(src.w, src.h, bytes);
  const rgba = Uint8Array.from(
    { length: bytes.length / 3 * 4 },
    (_, i) => bytes[(i >> 2) * 3 + i % 4] ?? 255,
  );
  return encodePng(src.w, src.h, rgba);
}

/** Fails unless an engine's rows of a call's picture have a golden's hash. */
async function requireRows(
  engine: Engine,
  recipe: Recipe,
  call: Call,
  dtype: Dtype,
  expected: unknown,
): Promise<void> {
  const png = await pngOf(call);
  const { pixelValues: { name: output, shape }, pixelValues } = await engine.run(recipe, [png], { dtype });
  const label = `modes ${call.mode} ${JSON.stringify(call.src)} ${recipe.name}`;
  const { sha256 } = expected as { sha256: string };
  await using reference = await Engine.open({ executor: "reference" });
  await assertGolden(await pixelValues.bytes(), sha256, { label, output, dtype, shape }, async () => {
    return await (await reference.run(recipe, [png], { dtype })).pixelValues.bytes();
  });
}

onEngines("Engine.run makes of RGB and RGBA files what convert('RGB') gives", async (engine) => {
  const read = records.filter(({ mode }) => mode === "RGB" || mode === "RGBA");
  assertEquals(read.length, 4);
  await checkCalls(`modes convert('RGB') (${engine.executor})`, read, async (call) => {
    const size = { width: call.src.w, height: call.src.h };
    const recipe = customRecipe({ size, layout: "c h w -> 1 h w c" });
    await requireRows(engine, recipe, call, "u8", call.convert_rgb);
  });
});

for (const pipeline of PIPELINES) {
  onEngines(
    `Engine.run gives the transforms' canvases, in bytes and normalised: ${pipeline}`,
    async (engine) => {
      const rgb = records.filter(({ mode }) => mode === "RGB"),
        canvas = { ...recipeOf(pipeline), globalView: false };
      await checkCalls(`modes ${pipeline} (${engine.executor})`, rgb, async (call) => {
        await requireRows(engine, { ...canvas, layout: "c h w -> 1 h w c" }, call, "u8", call[pipeline]);
        await requireRows(
          engine,
          { ...canvas, layout: "c h w -> 1 c h w" },
          call,
          "f32",
          call[`${pipeline}_tensor`],
        );
      });
    },
  );
}

Deno.test("rgbaOfCmyk gives what convert('RGB') gives", async () => {
  const cmyk = records.filter(({ mode }) => mode === "CMYK");
  assertEquals(cmyk.length, 2);
  await checkCalls("modes CMYK", cmyk, async ({ src, convert_rgb }) => {
    const rgb = rgbaOfCmyk(synthetic(src)).filter((_, i) => i % 4 < 3);
    const subject = {
      label: `modes CMYK ${JSON.stringify(src)}`,
      dtype: "u8",
      shape: [src.h, src.w, 3],
    } as const;
    await assertGolden(rgb, convert_rgb.sha256, subject);
  });
});
