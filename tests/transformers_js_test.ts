import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { VitrailError } from "../src/errors.ts";
import { recipeFromConfig } from "../src/recipes/config.ts";
import { asImageProcessor, type RawImage } from "../src/transformers_js.ts";
import { onEngines } from "./support/executors.ts";
import { golden, sha256 } from "./support/golden/golden.ts";
import { type Synthetic, synthetic } from "./support/pictures/synthetic.ts";
import { type TheirTensor, transformers, wordTokenizer } from "./support/transformers.ts";

interface Case {
  processor: string;
  preset: string;
  srcs: Synthetic[];
  outputs: Record<string, { shape: number[]; dtype: string; sha256: string }>;
}

type RawPicture = { width: number; height: number; data: Uint8Array };

/** What is expected of Python's tensors. */
const GOLDENS = golden<{ records: Case[] }>("hf_tf550").records.filter(({ processor, preset }) =>
  processor === "qwen2_vl" && preset === "default"
);

const QWEN = {
  processor_class: "Qwen2VLProcessor",
  image_processor_type: "Qwen2VLImageProcessor",
  patch_size: 14,
  temporal_patch_size: 2,
  merge_size: 2,
  min_pixels: 3136,
  max_pixels: 1003520,
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
  rescale_factor: 1 / 255,
  resample: 3,
  do_resize: true,
  do_rescale: true,
  do_normalize: true,
  do_convert_rgb: true,
};

const CLIP = {
  image_processor_type: "CLIPImageProcessor",
  size: { shortest_edge: 224 },
  crop_size: { height: 224, width: 224 },
  do_center_crop: true,
  do_resize: true,
  do_rescale: true,
  do_normalize: true,
  rescale_factor: 1 / 255,
  image_mean: QWEN.image_mean,
  image_std: QWEN.image_std,
};

const files: Record<string, unknown> = {
  "preprocessor_config.json": QWEN,
  "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizer" },
  "tokenizer.json": wordTokenizer(["<|image_pad|>"], ["which", "window", "is", "older"]),
};
const { AutoProcessor, AutoImageProcessor, RawImage, Tensor } = await transformers(files);

function rawImage({ w, h, channels = 3, ...rest }: Synthetic): RawImage {
  return new RawImage(synthetic({ w, h, channels, ...rest }), w, h, channels) as RawImage;
}

function bytesOf(tensor: unknown): Uint8Array {
  const { buffer, byteOffset, byteLength } = (tensor as TheirTensor).data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

onEngines("asImageProcessor has Qwen2VLProcessor give Python's tensors and tokens", async (engine) => {
  files["preprocessor_config.json"] = QWEN;
  const processor = await AutoProcessor.from_pretrained("some/model");
  const recipe = recipeFromConfig((processor.components.image_processor as { config: unknown }).config);
  processor.components.image_processor = asImageProcessor(recipe, engine, { Tensor });
  assert(GOLDENS.some(({ srcs }) => srcs.length > 1));
  for (const { srcs, outputs } of GOLDENS) {
    const images = srcs.map(rawImage);
    const prompt = `which ${images.map(() => "<|image_pad|>").join(" ")} is older`;
    const inputs = await processor(prompt, srcs.length === 1 ? images[0] : images);
    for (const [name, expected] of Object.entries(outputs)) {
      const tensor = inputs[name] as TheirTensor;
      assert(tensor instanceof Tensor);
      assertEquals([tensor.type, tensor.dims], [expected.dtype, expected.shape]);
      assertEquals(sha256(bytesOf(tensor)), expected.sha256, `${name} of ${JSON.stringify(srcs)}`);
    }
    const batch = await engine.run(recipe, images as unknown as RawPicture[]);
    const pads = Array.from((inputs.input_ids as TheirTensor).data).filter((id) => Number(id) === 0);
    assertEquals(pads.length, batch.tokens);
    assertEquals(inputs.original_sizes, srcs.map(({ w, h }) => [h, w]));
    const canvases = batch.images.map(({ canvas }) => [canvas.height, canvas.width]);
    assertEquals(inputs.reshaped_input_sizes, canvases);
  }
});

onEngines("asImageProcessor returns what is named, typed and laid out as theirs", async (engine) => {
  // They resize otherwise, so nothing is resized.
  for (
    const config of [{ ...QWEN, do_resize: false }, { ...CLIP, do_resize: false, do_center_crop: false }]
  ) {
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
  const pixelsOf = async (image: RawImage) => sha256(bytesOf((await processor(image)).pixel_values));
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
  const expected = await pixelsOf(spread(3));
  assertEquals(await pixelsOf(spread(1)), expected);
  assertEquals(await pixelsOf(spread(2, 100)), expected);
  assertEquals(await pixelsOf(spread(4, 100)), expected);
  assert(await pixelsOf(rawImage({ kind: "mix", w, h })) !== expected);
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
  processor.components.tokenizer = (given: string[]) => (texts = given, {});
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
  assertEquals(sha256(bytesOf(pixel_values)), sha256(await batch.pixelValues.bytes()));
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
  assertEquals(sha256(bytesOf(parts[1])), sha256(whole.subarray(bytesOf(parts[0]).length)));
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
