import { assertEquals } from "@std/assert";
import { rgbaOfCmyk } from "../../src/codecs/decoders/cmyk.ts";
import { encodePng } from "../../src/codecs/encode_png.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { onEngines } from "../support/executors.ts";
import { golden, sha256 } from "../support/golden.ts";
import { recipeOf } from "../support/pipeline.ts";
import { type Synthetic, synthetic } from "../support/pictures/synthetic.ts";

/** What Pillow makes of a picture in `mode`; pipelines are there where the real transforms take the mode. */
interface Case {
  src: Synthetic;
  mode: string;
  convert_rgb: { sha256: string };
  [pipeline: string]: unknown;
}

const { records } = golden<{ records: Case[] }>("modes");
const PIPELINES = ["4khd_hd16", "ixc25_ft_hd18", "ixc25_image_hd24"];

/** A PNG of a synthetic RGB or RGBA picture. */
function pngOf({ src, mode }: Case): Promise<Uint8Array> {
  const bytes = synthetic(src);
  if (mode === "RGBA") return encodePng(src.w, src.h, bytes);
  const rgba = Uint8Array.from(
    { length: bytes.length / 3 * 4 },
    (_, i) => bytes[(i >> 2) * 3 + i % 4] ?? 255,
  );
  return encodePng(src.w, src.h, rgba);
}

onEngines("modes golden: RGB and RGBA files become what convert('RGB') gives", async (engine) => {
  const read = records.filter(({ mode }) => mode === "RGB" || mode === "RGBA");
  assertEquals(read.length, 4);
  for (const record of read) {
    const size = { width: record.src.w, height: record.src.h };
    const recipe = customRecipe({ size, layout: "c h w -> 1 h w c" });
    const batch = await engine.run(recipe, [await pngOf(record)], { dtype: "u8" });
    assertEquals(sha256(await batch.pixelValues.bytes()), record.convert_rgb.sha256, record.mode);
  }
});

onEngines("modes golden: RGB canvases are the transforms', in bytes and normalised", async (engine) => {
  for (const record of records.filter(({ mode }) => mode === "RGB")) {
    for (const pipeline of PIPELINES) {
      for (const [dtype, key, order] of [["u8", "", "h w c"], ["f32", "_tensor", "c h w"]] as const) {
        const recipe = { ...recipeOf(pipeline), layout: `c h w -> 1 ${order}`, globalView: false };
        const batch = await engine.run(recipe, [await pngOf(record)], { dtype });
        const expected = record[pipeline + key] as { sha256: string };
        assertEquals(sha256(await batch.pixelValues.bytes()), expected.sha256, pipeline + key);
      }
    }
  }
});

Deno.test("modes golden: CMYK becomes what convert('RGB') gives", () => {
  for (const { src, convert_rgb } of records.filter(({ mode }) => mode === "CMYK")) {
    const rgb = rgbaOfCmyk(synthetic(src)).filter((_, i) => i % 4 < 3);
    assertEquals(sha256(rgb), convert_rgb.sha256);
  }
});
