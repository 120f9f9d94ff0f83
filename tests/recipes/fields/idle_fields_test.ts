import { assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig, recipeWith } from "../../../src/recipes/config.ts";
import { VIDEO_FAMILIES } from "../../../src/recipes/families/clips/video_families.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";

/** The fields without which a class makes no recipe. */
const WANTED: Record<string, object> = {
  NougatImageProcessor: { do_crop_margin: false },
  Ernie4_5_VLMoeVideoProcessor: { draw_on_frames: false },
};

/** Fields that hold no size, or want one that is not there. */
const WRONG = {
  do_center_crop: true,
  crop_size: { height: 20 },
  pad_size: [20],
  size: {},
};

/** Families of pictures that take such a field: they do not check it, or have a `crop_size` of their own. */
const TAKEN: Record<keyof typeof WRONG, readonly string[]> = {
  do_center_crop: ["chameleon", "chinese_clip", "clip", "emu3", "flava", "kosmos2_5", "llava", "llava_next"]
    .concat("pix2struct", "video_llava"),
  crop_size: ["deepseek_vl_hybrid", "emu3"],
  pad_size: ["deepseek_vl_hybrid", "emu3", "video_llava"],
  size: [],
};

/** The same of families of clips. */
const TAKEN_OF_CLIPS: Record<string, readonly string[]> = {
  do_center_crop: ["llava_next_video", "video_llava"],
  pad_size: VIDEO_FAMILIES.map(({ name }) => name).sort(),
};

/** Families of pictures, and then of clips, that take a null among such fields. */
const NULLS_TAKEN: [fields: object, pictures: string, clips: string][] = [
  [
    { size: null },
    "aria chmv2 cohere_compass donut emu3 gemma4 gemma4_unified glm_image hunyuan_vl kosmos2_5 " +
    "minicpmv4_6 minimax_m3_vl muse_glimmer neomme paddleocr_vl pix2struct qwen2_vl siglip2 " +
    "video_llama_3 video_llava",
    "ernie4_5_vl_moe gemma4 gemma4_unified minicpmv4_6 muse_glimmer pe_video qwen2_vl video_llama_3",
  ],
  [
    { resample: null },
    "aria chmv2 inkling kosmos2_5 minicpmv4_6 muse_glimmer neomme pix2struct siglip2 step3p7",
    "minicpmv4_6 muse_glimmer pe_video",
  ],
  [
    { resample: null, do_resize: true },
    "kosmos2_5 minicpmv4_6 muse_glimmer neomme pix2struct siglip2",
    "minicpmv4_6 muse_glimmer",
  ],
  [{ rescale_factor: null }, "kosmos2_5 pix2struct", "pe_video"],
  [{ do_center_crop: true, crop_size: null }, "emu3 kosmos2_5 pix2struct video_llava", ""],
];

/** The names of the families whose class takes a config with these fields. */
function taking<F extends { name: string; types: readonly string[] }>(
  families: readonly F[],
  type: string,
  fields: object,
): string[] {
  return families.filter(({ types: [name] }) => {
    try {
      recipeFromConfig({ [type]: name, ...WANTED[name], ...fields });
      return true;
    } catch (error) {
      if (error instanceof VitrailError && error.code === "recipe") return false;
      throw error;
    }
  }).map(({ name }) => name).sort();
}

Deno.test("recipeFromConfig refuses sizes that Python's classes check, whether they read them or not", () => {
  for (const [field, names] of Object.entries(TAKEN)) {
    const value = { [field]: WRONG[field as keyof typeof WRONG] };
    assertEquals(taking(FAMILIES, "image_processor_type", value), names, field);
    const clips = TAKEN_OF_CLIPS[field] ?? [];
    assertEquals(taking(VIDEO_FAMILIES, "video_processor_type", value), clips, `${field} of clips`);
  }
});

Deno.test("recipeFromConfig refuses nulls in a file as Python's classes do", () => {
  for (const [fields, pictures, clips] of NULLS_TAKEN) {
    assertEquals(taking(FAMILIES, "image_processor_type", fields).join(" "), pictures);
    assertEquals(taking(VIDEO_FAMILIES, "video_processor_type", fields).join(" "), clips);
  }
  // Without resizing, only those that read the size all the same want it.
  const unread = taking(FAMILIES, "image_processor_type", { do_resize: false });
  const taken = taking(FAMILIES, "image_processor_type", { do_resize: false, size: null });
  assertEquals(
    unread.filter((name) => !taken.includes(name)).join(" "),
    "cohere2_vision deepseek_ocr2 fuyu idefics llava_next llava_onevision nougat phi4_multimodal step3p7",
  );
});

Deno.test("recipeFromConfig takes idle fields that Python's checks pass", () => {
  const config = { image_processor_type: "Siglip2ImageProcessor", do_center_crop: true, crop_size: 0 };
  for (const size of [64, [64, 48, 3], { longest_edge: 64 }, { max_height: 1, max_width: 2 }, null]) {
    assertEquals(recipeFromConfig({ ...config, size, pad_size: size }).name, "siglip2");
  }
});

const MEAN_OF_ONE =
  "image_mean is three numbers, since the colour around pictures is made of them, found 0.5";

const NO_NULL = (field: string) =>
  `${field} is no null, since that is not the class's own value; leave it out, found null`;

/** Values that Python raises for, and how the error names them. */
const REFUSED: [config: Record<string, unknown>, message: string][] = [
  [
    { image_processor_type: "Qwen2VLImageProcessor", do_center_crop: true },
    "crop_size is a size where do_center_crop is true, found none",
  ],
  [
    { image_processor_type: "Gemma4ImageProcessor", size: { height: 64 } },
    "size is a number of pixels, [height, width], or an object of height and width, or shortest_edge, or " +
    'longest_edge and shortest_edge, or longest_edge, or max_height and max_width, found {"height":64}',
  ],
  [
    { image_processor_type: "AriaImageProcessor", do_resize: true },
    "size is given where do_resize is true, though nothing reads it, found none",
  ],
  [
    { image_processor_type: "Idefics2ImageProcessor", size: 64 },
    "size is an object",
  ],
  [
    { image_processor_type: "InklingImageProcessor", size: 64 },
    "size is an object with height and width",
  ],
  [{ image_processor_type: "JanusImageProcessor", image_mean: 0.5 }, MEAN_OF_ONE],
  [{ image_processor_type: "DeepseekVLImageProcessor", image_mean: 0.5 }, MEAN_OF_ONE],
  [{ image_processor_type: "DeepseekVLHybridImageProcessor", image_mean: 0.5 }, MEAN_OF_ONE],
  [
    { image_processor_type: "DeepseekVLHybridImageProcessor", high_res_image_mean: 0.5 },
    `high_res_…: ${MEAN_OF_ONE}`,
  ],
  [{ image_processor_type: "LlavaImageProcessor", do_pad: true, image_mean: 0.5 }, MEAN_OF_ONE],
  [{ image_processor_type: "ViTImageProcessor", image_std: null }, NO_NULL("image_std")],
  [{ video_processor_type: "InternVLVideoProcessor", rescale_factor: null }, NO_NULL("rescale_factor")],
  [{ image_processor_type: "CLIPImageProcessor", crop_size: null }, "crop_size is a size where"],
  [{ image_processor_type: "VideoLlavaImageProcessor", rescale_factor: null }, NO_NULL("rescale_factor")],
  [{ image_processor_type: "Phi4MultimodalImageProcessor", resample: null }, "resample is 3, bicubic"],
];

for (const [config, message] of REFUSED) {
  Deno.test(`recipeFromConfig refuses ${JSON.stringify(config)} as Python does`, () => {
    const error = assertThrows(() => recipeFromConfig(config), VitrailError);
    assertEquals(error.code, "recipe");
    assertStringIncludes(error.message, message);
  });
}

Deno.test("planSample wants a mean of three where LLaVA-OneVision's pictures share a sample", () => {
  const pictures = [{ width: 9, height: 8 }, { width: 8, height: 9 }];
  const recipe = recipeFromConfig({ image_processor_type: "LlavaOnevisionImageProcessor", image_mean: 0.5 });
  assertEquals(planSample(recipe, pictures).images.length, 2);
  assertThrows(() => planSample(recipe, pictures, "f32", [2]), VitrailError, MEAN_OF_ONE);
});

/** Fields that Python takes, and the shape of the pixels of one picture 90x60. */
const SHAPES: [config: Record<string, unknown>, shape: number[]][] = [
  [{ image_processor_type: "SiglipImageProcessor", size: [32, 48, 64] }, [1, 3, 32, 48]], // the third is idle
  [{ image_processor_type: "AriaImageProcessor", do_resize: true, size: 1 }, [1, 3, 980, 980]],
  [{ image_processor_type: "Idefics2ImageProcessor", size: 64, default_to_square: true }, [1, 1, 3, 64, 64]],
  [{ image_processor_type: "InklingImageProcessor", size: [28, 28], rescale_image_frac: 99 }, [
    49 * 74,
    2,
    28,
    28,
    3,
  ]], // up to 2048 along the longer side
  [{ image_processor_type: "LlavaImageProcessor", image_mean: 0.5 }, [1, 3, 224, 224]],
  [
    { image_processor_type: "PixtralImageProcessor", size: { shortest_edge: 9, longest_edge: 48 } },
    [1, 3, 32, 48],
  ],
  [
    {
      image_processor_type: "Idefics3ImageProcessor",
      size: { shortest_edge: 9, longest_edge: 48 },
      max_image_size: { shortest_edge: 9, longest_edge: 32 },
    },
    [1, 5, 3, 32, 32],
  ],
  [
    {
      image_processor_type: "PaddleOCRVLImageProcessor",
      temporal_patch_size: 2,
      min_pixels: 784,
      max_pixels: 3136,
    },
    [8, 6, 14, 14],
  ],
];

for (const [config, shape] of SHAPES) {
  Deno.test(`planSample takes ${JSON.stringify(config)} as Python does`, () => {
    const { outputs } = planSample(recipeFromConfig(config), [{ width: 90, height: 60 }]);
    assertEquals(outputs.pixel_values.as ?? outputs.pixel_values.shape, shape);
  });
}

/** Classes, and fields that they have on by default, of which a null is as an off. */
const OFF: [config: object, field: string, off: unknown][] = [
  [{ image_processor_type: "Idefics3ImageProcessor" }, "do_image_splitting", false],
  [{ image_processor_type: "Cohere2VisionImageProcessor" }, "crop_to_patches", false],
  [{ image_processor_type: "MiniCPMV4_6ImageProcessor" }, "slice_mode", false],
  [{ image_processor_type: "MiniCPMV4_6ImageProcessor" }, "use_image_id", false],
  [{ image_processor_type: "Lfm2VlImageProcessor" }, "use_thumbnail", false],
  [{ image_processor_type: "Ovis2ImageProcessor", crop_to_patches: true }, "use_covering_area_grid", false],
  [{ image_processor_type: "HunYuanVLImageProcessor" }, "cat_extra_token", false],
  [{ image_processor_type: "DonutImageProcessor" }, "do_thumbnail", false],
  [{ image_processor_type: "NougatImageProcessor" }, "do_crop_margin", false],
  [{ image_processor_type: "CHMv2ImageProcessor", do_resize: true }, "keep_aspect_ratio", false],
  [{ image_processor_type: "PerceptionLMImageProcessor" }, "vision_input_type", "vanilla"],
  [{ video_processor_type: "VideoLlama3VideoProcessor" }, "use_token_compression", false],
  [{ video_processor_type: "Glm4vVideoProcessor" }, "do_sample_frames", false],
  [{ video_processor_type: "Ernie4_5_VLMoeVideoProcessor" }, "draw_on_frames", false],
];

Deno.test("recipeFromConfig reads a file's null of what is on by default as off", () => {
  const sizes = Array(2).fill({ width: 1400, height: 920 });
  for (const [config, field, off] of OFF) {
    const clips = "video_processor_type" in config;
    const [none, without] = [null, off].map((value) => {
      const recipe = recipeFromConfig({ ...config, [field]: value });
      const { images, views, outputs } = planSample(recipe, sizes, "f32", clips ? [2] : undefined);
      return { images, views, outputs, sampled: "sampling" in recipe && recipe.sampling?.on };
    });
    assertEquals(none, without, field);
  }
  // PI0 pads to the call's largest picture without a size of its own.
  const bare = recipeFromConfig({ image_processor_type: "PI0ImageProcessor", pad_size: null });
  assertEquals(planSample(bare, sizes).outputs.pixel_values.shape, [2, 3, 147, 224]);
});

Deno.test("planSample resizes bilinearly where Python takes a null resample", () => {
  for (const image_processor_type of ["AriaImageProcessor", "Siglip2ImageProcessor"]) {
    const [none, bilinear, bicubic] = [null, 2, 3].map((resample) =>
      planSample(recipeFromConfig({ image_processor_type, resample }), [{ width: 90, height: 60 }]).views
    );
    assertEquals(none, bilinear);
    assertNotEquals(none, bicubic);
  }
});

Deno.test("recipeFromConfig reads a file's null of a step as false, and one of a caller's as nothing", () => {
  const size = { width: 90, height: 60 },
    steps = ["do_resize", "do_center_crop", "do_normalize", "do_rescale"];
  const nulls = Object.fromEntries([...steps, "image_mean", "crop_size"].map((field) => [field, null]));
  const config = { image_processor_type: "CLIPImageProcessor", ...nulls };
  const bare = recipeFromConfig(config), made = recipeFromConfig(config, nulls);
  assertEquals(planSample(bare, [size]).outputs.pixel_values.shape, [1, 3, 60, 90]);
  assertEquals([bare.values.rescale, bare.values.normalize], [undefined, undefined]);
  assertEquals(planSample(made, [size]).outputs.pixel_values.shape, [1, 3, 224, 224]);
  assertEquals(made.values, recipeFromConfig({ image_processor_type: "CLIPImageProcessor" }).values);
  assertEquals(recipeWith(bare, { do_resize: true, size: 30 }).values, bare.values);
});
