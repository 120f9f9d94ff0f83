import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { VitrailError } from "../src/errors.ts";
import { recipeFromConfig } from "../src/recipes/config.ts";
import { asImageProcessor, type RawImage } from "../src/transformers_js.ts";
import { assertSameBytes } from "./support/compare/assert_same.ts";
import { onEngines } from "./support/executors.ts";
import { type Synthetic, synthetic } from "./support/pictures/synthetic.ts";
import {
  bytesOfTensor,
  rawImageOf,
  type TheirTensor,
  transformers,
  wordTokenizer,
} from "./support/transformers.ts";
import { CLIP, QWEN } from "./support/transformers_configs.ts";

type RawPicture = { width: number; height: number; data: Uint8Array };

const files: Record<string, unknown> = {
  "preprocessor_config.json": QWEN,
  "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizer" },
  "tokenizer.json": wordTokenizer(["<|image_pad|>"], ["which", "window", "is", "older"]),
};
const { AutoProcessor, AutoImageProcessor, RawImage, Tensor } = await transformers(files);

function rawImage(source: Synthetic): RawImage {
  return rawImageOf(RawImage, source);
}

onEngines("asImageProcessor returns what is named, typed and laid out as theirs", async (engine) => {
  // They resize otherwise, so nothing is resized.
  const configs = [{ ...QWEN, do_resize: false }, { ...CLIP, do_resize: false, do_center_crop: false }];
  for (const config of configs) {
    files["preprocessor_config.json"] = config;
    const theirs = await AutoImageProcessor.from_pretrained("some/model");
    const ours = asImageProcessor(recipeFromConfig(config), engine, { Tensor });
    const image = rawImage({ kind: "mix", w: 140, h: 112 });
    const [expected, found] = [await theirs([image]), await ours([image])];
    assertEquals(Object.keys(found).sort(), Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) {
      if (!(value instanceof Tensor)) {
        assertEquals(found[name], value as number[][], name);
        continue;
      }
      const tensor = found[name] as TheirTensor;
      assertEquals([tensor.type, tensor.dims], [value.type, value.dims], name);
      for (let i = 0; i < value.data.length; i++) {
        assertAlmostEquals(Number(tensor.data[i]), Number(value.data[i]), 1e-5, `${name}[${i}]`);
      }
    }
  }
});

onEngines("asImageProcessor serves a plain Processor, grey and alpha as in Python", async (engine) => {
  files["preprocessor_config.json"] = CLIP;
  const processor = await AutoProcessor.from_pretrained("some/model");
  processor.components.image_processor = asImageProcessor(recipeFromConfig(CLIP), engine, { Tensor });
  const pixelsOf = async (image: RawImage) => bytesOfTensor((await processor(image)).pixel_values);
  const [w, h] = [90, 61];
  const grey = synthetic({ kind: "mix", w, h, channels: 1 });
  const spread = (channels: number, alpha?: number) => {
    const bytes = new Uint8Array(w * h * channels);
    for (const [pixel, value] of grey.entries()) {
      bytes.fill(value, pixel * channels, (pixel + 1) * channels);
      if (alpha !== undefined) bytes[(pixel + 1) * channels - 1] = alpha + pixel % 50;
    }
    return new RawImage(bytes, w, h, channels) as RawImage;
  };
  const expected = await pixelsOf(spread(3)), subject = { dtype: "f32", shape: [1, 3, 224, 224] } as const;
  for (const [channels, alpha] of [[1], [2, 100], [4, 100]]) {
    const label = `${channels} channels`;
    assertSameBytes(await pixelsOf(spread(channels, alpha)), expected, { ...subject, label });
  }
  assertNotEquals(await pixelsOf(rawImage({ kind: "mix", w, h })), expected);
});

onEngines("asImageProcessor has Idefics3Processor expand texts by rows and columns", async (engine) => {
  const config = {
    processor_class: "Idefics3Processor",
    image_processor_type: "Idefics3ImageProcessor",
    size: { longest_edge: 120 },
    max_image_size: { longest_edge: 50 },
    resample: 1,
  };
  files["preprocessor_config.json"] = config;
  files["processor_config.json"] = { processor_class: "Idefics3Processor", image_seq_len: 5 };
  const processor = await AutoProcessor.from_pretrained("some/model");
  const recipe = recipeFromConfig({ ...config, image_seq_len: 5 });
  processor.components.image_processor = asImageProcessor(recipe, engine, { Tensor });
  let texts: string[] = [];
  processor.components.tokenizer = (given: string[]) => {
    texts = given;
    return {};
  };
  const [a, b, c] = [[200, 120], [70, 150], [90, 90]].map(([w, h], i) =>
    rawImage({ kind: "noise", w, h, seed: i + 1 })
  );
  const { pixel_values, pixel_attention_mask, rows, cols } = await processor(
    ["which <image>", "<image> is older <image>"],
    [[a], [b, c]],
  );
  const batch = await engine.run(recipe, [[a], [b, c]] as unknown as RawPicture[][]);
  const [one, two, three] = batch.images.map(({ placeholder }) => placeholder);
  assertEquals(texts, [`which ${one}`, `${two} is older ${three}`]);
  assertEquals([rows, cols], [[[2], [3, 3]], [[3], [2, 3]]]);
  assertEquals((pixel_values as TheirTensor).dims, [2, 17, 3, 50, 50]);
  const { dtype, shape } = batch.pixelValues;
  assertSameBytes(bytesOfTensor(pixel_values), await batch.pixelValues.bytes(), { dtype, shape });
  assertEquals((pixel_attention_mask as TheirTensor).type, "int64");
});

onEngines("asImageProcessor takes a call's options for fields, and leaves others alone", async (engine) => {
  const recipe = recipeFromConfig({ image_processor_type: "AriaImageProcessor" });
  const processor = asImageProcessor(recipe, engine, { Tensor });
  const image = rawImage({ kind: "grad", w: 300, h: 100 });
  const [plain, split] = [
    await processor(image, { padding: true, add_special_tokens: false }),
    await processor(image, { split_image: true, max_image_size: 490 }),
  ] as Record<string, TheirTensor>[];
  assertEquals(plain.pixel_mask.type, "bool");
  assertEquals(plain.pixel_values.dims, [1, 3, 980, 980]);
  assertEquals(split.pixel_values.dims.slice(1), [3, 490, 490]);
  assert(split.pixel_values.dims[0] > 1);
  await assertRejects(() => processor(image, { max_image_size: 7 }), VitrailError, "max_image_size");
});

onEngines("asImageProcessor gives lists where Python has lists, of ragged tensors too", async (engine) => {
  const llava = recipeFromConfig({ image_processor_type: "LlavaNextImageProcessor", do_pad: false });
  const images = [rawImage({ kind: "mix", w: 300, h: 200 }), rawImage({ kind: "mix", w: 100, h: 700 })];
  const { pixel_values } = await asImageProcessor(llava, engine, { Tensor })(images);
  const batch = await engine.run(llava, images as unknown as RawPicture[]);
  const parts = pixel_values as TheirTensor[];
  assertEquals(
    parts.map(({ dims }) => dims),
    batch.images.map(({ rows: [from, to] }) => [to - from, 3, 224, 224]),
  );
  const whole = await batch.pixelValues.bytes();
  const second = whole.subarray(bytesOfTensor(parts[0]).length);
  assertSameBytes(bytesOfTensor(parts[1]), second, { dtype: "f32", shape: parts[1].dims });
  const apart = recipeFromConfig({ image_processor_type: "CHMv2ImageProcessor" });
  const chm = await asImageProcessor(apart, engine, { Tensor })(images);
  assertEquals((chm.pixel_values as TheirTensor[]).map(({ dims }) => dims), [[3, 208, 304], [3, 704, 112]]);
  const mllama = recipeFromConfig({
    image_processor_type: "MllamaImageProcessor",
    size: { height: 56, width: 56 },
  });
  const { num_tiles } = await asImageProcessor(mllama, engine, { Tensor })([images, [images[1]]]);
  assertEquals((num_tiles as number[][]).map((list) => list.length), [2, 1]);
});

onEngines("asImageProcessor names pictures that do not fit their sizes", async (engine) => {
  const processor = asImageProcessor(recipeFromConfig(CLIP), engine, { Tensor });
  const short = { width: 4, height: 3, channels: 1 as const, data: new Uint8Array(11) };
  const good = { ...short, data: new Uint8Array(12) };
  const error = await assertRejects(() => processor([good, short]), VitrailError);
  assertEquals([error.code, error.message], [
    "shape",
    "picture 2 is 4x3 and has 11 bytes: it needs 12 (grey)",
  ]);
  const mixed = [good, [good]] as unknown as RawImage[];
  assertEquals((await assertRejects(() => processor(mixed), VitrailError)).code, "usage");
});
