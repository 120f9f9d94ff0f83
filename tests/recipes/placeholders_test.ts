import { assertEquals } from "@std/assert";
import type { Size } from "../../src/plan/geometry.ts";
import { planSample } from "../../src/plan/plan.ts";
import { recipeFromConfig } from "../../src/recipes/processors/config.ts";

/** What a picture becomes in the text, worked out by hand from the named processor's formula. */
interface Case {
  /** The file of transformers that the formula is from. */
  source: string;
  config: Record<string, unknown>;
  size: Size;
  tokens: number;
  placeholder?: string;
}

const MARK = "<fake_token_around_image>";

const CASES: Case[] = [
  {
    source: "models/qwen2_vl/processing_qwen2_vl.py, replace_image_token: thw.prod() // merge_size²",
    config: { image_processor_type: "Qwen2VLImageProcessor" },
    size: { width: 200, height: 120 }, // 8 × 14 patches
    tokens: 28,
    placeholder: "<|image_pad|>".repeat(28),
  },
  {
    source: "models/qwen2_vl/processing_qwen2_vl.py, replace_video_token: thw.prod() // merge_size²",
    config: {
      image_processor_type: "Qwen2VLImageProcessor",
      video: true,
      size: { shortest_edge: 784, longest_edge: 78400 },
    },
    size: { width: 200, height: 120 },
    tokens: 28,
    placeholder: "<|video_pad|>".repeat(28),
  },
  {
    source: "models/glm4v/processing_glm4v.py, replace_image_token: thw.prod() // merge_size²",
    config: { image_processor_type: "Glm4vImageProcessor" },
    size: { width: 70, height: 150 }, // 10 × 4 patches
    tokens: 10,
    placeholder: "<|image|>".repeat(10),
  },
  {
    source:
      "models/paddleocr_vl/processing_paddleocr_vl.py, __call__: thw.prod() // merge_size // merge_size",
    config: { image_processor_type: "PaddleOCRVLImageProcessor", min_pixels: 784, max_pixels: 78400 },
    size: { width: 70, height: 150 },
    tokens: 10,
    placeholder: "<|IMAGE_PLACEHOLDER|>".repeat(10),
  },
  {
    source: "models/idefics2/processing_idefics2.py, __call__: a mark, image_seq_len tokens, a mark",
    config: { image_processor_type: "Idefics2ImageProcessor", image_seq_len: 3 },
    size: { width: 200, height: 120 },
    tokens: 3,
    placeholder: `${MARK}<image><image><image>${MARK}`,
  },
  {
    source: "models/idefics2/processing_idefics2.py, __call__: five of them when split, doubled marks joined",
    config: { image_processor_type: "Idefics2ImageProcessor", image_seq_len: 2, do_image_splitting: true },
    size: { width: 200, height: 120 },
    tokens: 10,
    placeholder: `${MARK}<image><image>${MARK}<image><image>${MARK}<image><image>${MARK}<image><image>` +
      `${MARK}<image><image>${MARK}`,
  },
  {
    source: "models/idefics3/processing_idefics3.py, _prompt_split_image: rows of tiles, then all of it",
    config: {
      image_processor_type: "Idefics3ImageProcessor",
      size: { longest_edge: 120 },
      max_image_size: { longest_edge: 50 },
      image_seq_len: 2,
    },
    size: { width: 200, height: 120 }, // 120 × 72, so 2 rows of 3
    tokens: 14,
    placeholder: `${MARK}<row_1_col_1><image><image>${MARK}<row_1_col_2><image><image>` +
      `${MARK}<row_1_col_3><image><image>\n` +
      `${MARK}<row_2_col_1><image><image>${MARK}<row_2_col_2><image><image>` +
      `${MARK}<row_2_col_3><image><image>\n` +
      `\n${MARK}<global-img><image><image>${MARK}`,
  },
  {
    source: "models/idefics3/processing_idefics3.py, _prompt_single_image; image_seq_len is 169 by default",
    config: { image_processor_type: "Idefics3ImageProcessor", do_image_splitting: false },
    size: { width: 200, height: 120 },
    tokens: 169,
    placeholder: `${MARK}<global-img>${"<image>".repeat(169)}${MARK}`,
  },
  {
    source: "models/smolvlm/processing_smolvlm.py, _prompt_split_image",
    config: {
      image_processor_type: "SmolVLMImageProcessor",
      size: { longest_edge: 60 },
      max_image_size: { longest_edge: 50 },
      image_seq_len: 1,
    },
    size: { width: 300, height: 60 }, // 60 × 12, so 1 row of 2
    tokens: 3,
    placeholder:
      `${MARK}<row_1_col_1><image>${MARK}<row_1_col_2><image>\n\n${MARK}<global-img><image>${MARK}`,
  },
  {
    source: "models/gemma3/processing_gemma3.py, replace_image_token",
    config: { image_processor_type: "Gemma3ImageProcessor", image_seq_length: 2 },
    size: { width: 900, height: 300 },
    tokens: 2,
    placeholder: "\n\n<start_of_image><image_soft_token><image_soft_token><end_of_image>\n\n",
  },
  {
    source: "models/gemma3/processing_gemma3.py, replace_image_token, with crops",
    config: { image_processor_type: "Gemma3ImageProcessor", image_seq_length: 1, do_pan_and_scan: true },
    size: { width: 900, height: 300 }, // 3 crops of 300
    tokens: 4,
    placeholder: "Here is the original image \n\n<start_of_image><image_soft_token><end_of_image>\n\n" +
      " and here are some crops to help you see better " +
      "\n\n<start_of_image><image_soft_token><end_of_image>\n\n " +
      "\n\n<start_of_image><image_soft_token><end_of_image>\n\n " +
      "\n\n<start_of_image><image_soft_token><end_of_image>\n\n",
  },
  {
    source: "models/mllama/processing_mllama.py: the text is left as it is",
    config: { image_processor_type: "MllamaImageProcessor" },
    size: { width: 900, height: 300 },
    tokens: 1,
    placeholder: "<|image|>",
  },
  {
    source:
      "models/pixtral/processing_pixtral.py, replace_image_token: a break after each row, an end after the last",
    config: { image_processor_type: "PixtralImageProcessor" },
    size: { width: 40, height: 30 }, // 3 patches of 16 across, 2 down
    tokens: 6,
    placeholder: "[IMG][IMG][IMG][IMG_BREAK][IMG][IMG][IMG][IMG_END]",
  },
  {
    source:
      "models/pixtral/processing_pixtral.py: patch_size · spatial_merge_size pixels a token, as Mistral Small 3.1 has it",
    config: {
      image_processor: {
        image_processor_type: "PixtralImageProcessor",
        patch_size: 14,
        size: { longest_edge: 1540 },
      },
      patch_size: 14,
      spatial_merge_size: 2,
    },
    size: { width: 1540, height: 60 }, // 55 groups of 28 across, 3 down
    tokens: 165,
    placeholder: `${"[IMG]".repeat(55)}[IMG_BREAK]${"[IMG]".repeat(55)}[IMG_BREAK]${
      "[IMG]".repeat(55)
    }[IMG_END]`,
  },
  {
    source: "models/siglip2/image_processing_siglip2.py: a token a patch, and no text stands for it",
    config: { image_processor_type: "Siglip2ImageProcessor", max_num_patches: 24 },
    size: { width: 200, height: 120 }, // 4 × 6 patches
    tokens: 24,
  },
];

for (const { source, config, size, tokens, placeholder } of CASES) {
  Deno.test(`placeholders: ${source}`, () => {
    const { images: [image] } = planSample(recipeFromConfig(config), [size]);
    assertEquals(image.placeholder, placeholder);
    assertEquals(image.tokens, tokens);
  });
}
