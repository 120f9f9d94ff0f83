import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { loadPicture } from "../../../src/codecs/load.ts";
import type { RawPixels } from "../../../src/codecs/picture.ts";
import { drawPoster } from "../../../src/cli/drawing/draw_poster.ts";
import { panelPage } from "../../../src/cli/drawing/panel_page.ts";
import { posterText } from "../../../src/report/panels/poster_text.ts";
import { fontFilesFor } from "../../../src/cli/drawing/fonts.ts";
import { type Panel, panelsOf } from "../../../src/report/panels/panels.ts";
import { panelText } from "../../../src/report/panels/panel_text.ts";
import { posterOf } from "../../../src/cli/drawing/poster.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { sha256OfBytes } from "../../../src/formats/sha256.ts";
import { mainOutput, type Plan } from "../../../src/plan/plan.ts";
import { targetLayout } from "../../../src/plan/view.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { recipe } from "../../../src/recipes/registry.ts";
import { syntheticPicture } from "../../support/pictures/synthetic.ts";

/** Recipes, with the kinds of panels that they make of a picture of 120×84, and its captions' last words. */
const DRAWN: [name: string, recipe: Recipe, kinds: Panel["kind"][]][] = [
  ["ixc2-4khd", recipe("ixc2-4khd", { hdNum: 6 }), ["Global view", "Canvas"]],
  ["qwen2_vl", fromClass("Qwen2VLImageProcessor", {}), ["Canvas"]],
  ["clip", fromClass("CLIPImageProcessor", { size: 56, crop_size: 56 }), ["Picture", "Canvas"]],
  [
    "gemma3",
    fromClass("Gemma3ImageProcessor", {
      size: { height: 56, width: 56 },
      do_pan_and_scan: true,
      pan_and_scan_min_crop_size: 32,
    }),
    ["Picture", "Whole picture", "Crop", "Crop"],
  ],
  [
    "llava_next",
    fromClass("LlavaNextImageProcessor", {
      size: { shortest_edge: 56 },
      crop_size: { height: 56, width: 56 },
      image_grid_pinpoints: [[112, 112], [112, 168]],
    }),
    ["Whole picture", "Canvas"],
  ],
  ["deepseek_vl_hybrid", fromClass("DeepseekVLHybridImageProcessor", {}), ["Whole picture", "Canvas"]],
];

function fromClass(image_processor_type: string, fields: Record<string, unknown>): Recipe {
  return recipeFromConfig({ image_processor_type, ...fields });
}

/** Returns the rows of a plan's main output that are no padding. */
function rowsOf({ outputs, views }: Plan, output: string): number[] {
  const blank = new Set(views.flatMap(({ kind, target }) => {
    if (kind !== "blank" || target?.output !== output) return [];
    return Array.from({ length: target.rows }, (_, row) => target.row + row);
  }));
  return Array.from({ length: outputs[output].shape[0] }, (_, row) => row).filter((row) => !blank.has(row));
}

const PICTURE = syntheticPicture({ kind: "mix", w: 120, h: 84 });

for (const [name, own, kinds] of DRAWN) {
  Deno.test(`panelsOf shows every row once: ${name}`, async () => {
    await using engine = await Engine.open({ executor: "simd", lanes: 0 });
    const pictures = [PICTURE, syntheticPicture({ kind: "noise", w: 50, h: 90 })];
    const { plan, images } = await panelsOf(engine, own, pictures, {});
    assertEquals(images[0].panels.map(({ kind }) => kind), kinds);
    const panels = images.flatMap(({ panels }) => panels).filter(({ kind }) => kind !== "Picture");
    for (const output of Object.keys(plan.outputs)) {
      const of = panels.filter((panel) => (panel.output ?? mainOutput(plan)) === output);
      const rows = of.flatMap(({ tiles }) => tiles.map(({ row }) => row)).sort((a, b) => a - b);
      assertEquals(rows, rowsOf(plan, output), output);
    }
  });
}

Deno.test("panelsOf has the bytes of the tensor in each panel", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  for (const [name, own] of DRAWN.filter(([name]) => ["clip", "gemma3", "llava_next"].includes(name))) {
    const { plan, images: [{ panels }] } = await panelsOf(engine, own, [PICTURE], {});
    const batch = await engine.run(own, [PICTURE], { dtype: "u8" });
    const tensor = await batch.pixelValues.bytes();
    let compared = 0;
    for (const view of batch.plan.views) {
      if (view.kind !== "canvas" || view.target === undefined) continue;
      const { canvas, target } = view,
        { offsets: [channels, down, across], outputShape } = targetLayout(canvas, target);
      const first = target.row * outputShape.slice(1).reduce((a, b) => a * b, 1);
      const panel = panels.find(({ kind, tiles }) => kind !== "Picture" && tiles[0].row === target.row)!;
      assertEquals(panel.size, canvas);
      const expected = Uint8Array.from(panel.pixels, (_, at) => {
        const pixel = Math.floor(at / 3), y = Math.floor(pixel / canvas.width), x = pixel % canvas.width;
        return tensor[first + channels[at % 3] + down[y] + across[x]];
      });
      assertEquals(panel.pixels, expected, name);
      compared++;
    }
    assertEquals(compared, panels.filter(({ kind }) => kind !== "Picture").length);
    assertEquals(plan.images.length, 1);
  }
});

Deno.test("panelsOf shows the part of a picture that a centre crop keeps, and hatches the rest", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const [, clip] = DRAWN.find(([name]) => name === "clip")!;
  const { images: [{ image, panels: [picture, canvas] }] } = await panelsOf(engine, clip, [PICTURE], {});
  assertEquals(panelText(picture, image), "120×84 · hatched: not seen");
  assertEquals(panelText(canvas, image), "56×56 · row 0");
  const [{ left, top, right, bottom }] = picture.shown; // 80x56 of 120x84, of which 56x56 are seen
  assertEquals([left, top, right, bottom].map(Math.round), [18, 0, 102, 84]);
});

Deno.test("panelsOf outlines no crop that is all padding", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const next = fromClass("LlavaNextImageProcessor", {}),
    strip = syntheticPicture({ kind: "mix", w: 900, h: 20 });
  const { images: [{ panels: [picture, ...others] }] } = await panelsOf(engine, next, [strip], {});
  assertEquals(picture.kind, "Picture");
  const padding = others.filter(({ shown }) => shown.length === 0);
  assert(padding.length > 0, "some crops of a strip show nothing of it");
  assertEquals(picture.shown.length, others.length - padding.length);
  for (const { left, top, right, bottom } of picture.shown) assert(left < right && top < bottom);
});

Deno.test("panelText counts patches, and the tokens that they become", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const [, qwen] = DRAWN.find(([name]) => name === "qwen2_vl")!;
  const { images: [{ image, panels: [canvas] }] } = await panelsOf(engine, qwen, [PICTURE], {});
  assertEquals(panelText(canvas, image), "112×84 · 6×8 patches · 3×4 tokens of 2×2 · rows 0–47");
});

Deno.test("drawPoster draws names of any script, and is not widened by a long one", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const sample = await panelsOf(engine, DRAWN[1][1], [PICTURE], {});
  const draw = async (label: string) =>
    await loadPicture(await drawPoster(sample, posterText(sample, [label])), 0);
  const short = await draw("folder/a.jpg"), long = await draw(`${"long ".repeat(50)}.jpg`);
  assertEquals([long.width, long.height], [short.width, short.height]);
  assertEquals(short.width, posterOf(sample).width * 1.5);
  const scripts = ["я", "窗", "نافذة", "खि"];
  const drawn = await Promise.all(scripts.map(draw)), pictures = drawn.map(({ data }) => inkOf(data));
  assertEquals(new Set(pictures).size, scripts.length, "each script has letters of its own");
});

/** Returns a checksum of a picture. */
function inkOf(data: RawPixels["data"]): string {
  return sha256OfBytes(Uint8Array.from(data));
}

Deno.test("panelPage holds every row and every pixel, and asks nobody for anything", async () => {
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  for (const [name, own] of DRAWN.filter(([name]) => ["clip", "gemma3", "qwen2_vl"].includes(name))) {
    const sample = await panelsOf(engine, own, [PICTURE], {}), { images: [{ panels }] } = sample;
    const page = await panelPage(sample, posterText(sample, ["a/<b>&.jpg"]));
    assertStringIncludes(page, "<h2>&lt;b&gt;&amp;.jpg</h2>");
    assertEquals(page.match(/https?:|<script|@import|<link/g), null);
    const pictures = [...page.matchAll(/src="data:image\/png;base64,([^"]+)"/g)];
    assertEquals(pictures.length, panels.length);
    for (const [index, [, png]] of pictures.entries()) {
      const { data } = await loadPicture(Uint8Array.fromBase64(png), 0);
      assertEquals(Uint8Array.from(data.filter((_, at) => at % 4 < 3)), panels[index].pixels, name);
    }
    const rows = [...page.matchAll(/<span class="row"[^>]*>(\d+)</g)].map(([, row]) => Number(row));
    const drawn = panels.filter(({ size }) => size.width < 100 || name !== "qwen2_vl");
    assertEquals(rows, drawn.flatMap(({ tiles }) => tiles.map(({ row }) => row)), name);
  }
});

Deno.test("fontFilesFor reads the files that a text needs, and no others", async () => {
  const names = async (text: string) => (await fontFilesFor(text)).map(({ name }) => name);
  assertEquals(await names("photo.jpg, 1920×1080 · rows 0–8…"), ["noto-sans-latin-wght-normal.woff2"]);
  assertEquals((await names("窓 photo")).length, 2);
  assertEquals(await names("שלום"), ["noto-sans-hebrew-hebrew-wght-normal.woff2"]);
  assert((await fontFilesFor("a"))[0].bytes.length > 10_000);
  assertEquals(await names("\u{10FFFF}"), []);
});
