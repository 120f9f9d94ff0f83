import type { Size } from "../../src/plan/geometry.ts";

/** What a picture becomes in the text, worked out by hand from the named processor's formula. */
export interface Case {
  /** The file of transformers that the formula is from. */
  source: string;
  config: Record<string, unknown>;
  size: Size;
  tokens: number;
  placeholder?: string;
}

const MARK = "<fake_token_around_image>";

/** A case or more of each family. */
export const CASES: Case[] = [
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
  {
    source:
      "models/llava/processing_llava.py, __call__: (336 // 14)² patches, the class token added and dropped",
    config: {
      image_processor: { image_processor_type: "LlavaImageProcessor", size: 336, crop_size: 336 },
      patch_size: 14,
      num_additional_image_tokens: 1,
      vision_feature_select_strategy: "default",
    },
    size: { width: 200, height: 120 },
    tokens: 576,
    placeholder: "<image>".repeat(576),
  },
  {
    source:
      "models/llava/processing_llava.py, __call__, on CLIP's pictures: 4 × 3 patches and the class token",
    config: {
      image_processor: {
        image_processor_type: "CLIPImageProcessor",
        processor_class: "LlavaProcessor",
        crop_size: { height: 42, width: 56 },
      },
      patch_size: 14,
      num_additional_image_tokens: 1,
      vision_feature_select_strategy: "full",
      image_token: "<img>",
    },
    size: { width: 200, height: 120 },
    tokens: 13,
    placeholder: "<img>".repeat(13),
  },
  {
    source: "tests/models/llava_next/test_processing_llava_next.py, test_image_token_filling",
    config: {
      image_processor_type: "LlavaNextImageProcessor",
      size: 336,
      crop_size: 336,
      image_grid_pinpoints: [[672, 336]],
      patch_size: 14,
      vision_feature_select_strategy: "default",
    },
    size: { width: 316, height: 503 },
    tokens: 1525,
    placeholder: "<image>".repeat(1525),
  },
  {
    // 4 × 4 patches of 14, of which the picture has 4 × 2: 8, a newline a row, 4 of the whole and a class token.
    source: "models/llava_next/processing_llava_next.py, _get_number_of_features: a wide picture",
    config: {
      image_processor_type: "LlavaNextImageProcessor",
      size: 28,
      crop_size: 28,
      image_grid_pinpoints: [[28, 28], [56, 56]],
      patch_size: 14,
      num_additional_image_tokens: 1,
    },
    size: { width: 200, height: 120 },
    tokens: 8 + 2 + 4 + 1,
    placeholder: "<image>".repeat(15),
  },
  {
    // 3 × 5 tiles of 27 × 27 features are 81 × 135, more than nine: √(15 / 9) = 1.29 times fewer a side, 62 × 104.
    source:
      "models/llava_onevision/processing_llava_onevision.py, _get_unpadded_features: no more than nine tiles",
    config: {
      image_processor_type: "LlavaOnevisionImageProcessor",
      num_image_tokens: 729,
      vision_feature_select_strategy: "full",
    },
    size: { width: 1680, height: 1008 },
    tokens: 62 * 104 + 62 + 729,
    placeholder: "<image>".repeat(7239),
  },
  {
    source:
      "models/llava_onevision/processing_llava_onevision.py, __call__: half of 27 a side up, and a newline",
    config: { image_processor_type: "LlavaOnevisionImageProcessor", num_image_tokens: 729, video: true },
    size: { width: 200, height: 120 },
    tokens: 14 * 14 + 1,
    placeholder: "<video>".repeat(197),
  },
  {
    source:
      "models/got_ocr2/processing_got_ocr2.py, __call__: image_seq_length a tile, 3 × 2 tiles and all of it",
    config: {
      image_processor_type: "GotOcr2ImageProcessor",
      size: 32,
      crop_to_patches: true,
      max_patches: 6,
      image_seq_length: 2,
    },
    size: { width: 200, height: 120 },
    tokens: 14,
    placeholder: `<img>${"<imgpad>".repeat(14)}</img>`,
  },
  {
    source: "models/internvl/processing_internvl.py, _insert_media_placeholders: 256 a tile",
    config: {
      image_processor_type: "GotOcr2ImageProcessorFast",
      processor_class: "InternVLProcessor",
      size: { height: 448, width: 448 },
    },
    size: { width: 200, height: 120 },
    tokens: 256,
    placeholder: `<img>${"<IMG_CONTEXT>".repeat(256)}</img>`,
  },
  {
    source: "models/ovis2/processing_ovis2.py, replace_image_token: three rows of two",
    config: {
      image_processor_type: "Ovis2ImageProcessor",
      size: 80,
      crop_to_patches: true,
      max_patches: 6,
      image_seq_length: 1,
    },
    size: { width: 200, height: 120 },
    tokens: 7,
    placeholder: "<IMG_START><IMG_ATOM><IMG_GRID><IMG_ATOM><IMG_COL><IMG_ATOM><IMG_ROW>" +
      "<IMG_ATOM><IMG_COL><IMG_ATOM><IMG_ROW><IMG_ATOM><IMG_COL><IMG_ATOM><IMG_END>",
  },
  {
    source: "models/ovis2/processing_ovis2.py, replace_image_token: a picture of one tile, 256 by default",
    config: { image_processor_type: "Ovis2ImageProcessor" },
    size: { width: 200, height: 120 },
    tokens: 256,
    placeholder: `<IMG_START>${"<IMG_ATOM>".repeat(256)}<IMG_GRID><IMG_END>`,
  },
  {
    source: "models/aria/processing_aria.py, __call__: 256 a crop of 980",
    config: { image_processor_type: "AriaImageProcessor" },
    size: { width: 200, height: 120 },
    tokens: 256,
    placeholder: "<|img|>".repeat(256),
  },
  {
    source:
      "models/aria/processing_aria.py, __call__: size_conversion, 128 a crop of 490, as many as num_crops",
    config: {
      image_processor_type: "AriaImageProcessor",
      max_image_size: 490,
      split_image: true,
      split_resolutions: [[490, 980], [980, 490]],
    },
    size: { width: 2000, height: 1000 },
    tokens: 256,
    placeholder: "<|img|>".repeat(256),
  },
];
