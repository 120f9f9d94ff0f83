import type { Case } from "./repeated_cases.ts";

/** Of a processor that sets marks, rows and tiles around its tokens. */
interface Arranged extends Case {
  placeholder: string;
}

const MARK = "<fake_token_around_image>";

/** A case or more of each such family. */
export const ARRANGED: Arranged[] = [
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
    source:
      "models/pixtral/processing_pixtral.py, replace_image_token: a break after each row, an end after all",
    config: { image_processor_type: "PixtralImageProcessor" },
    size: { width: 40, height: 30 }, // 3 patches of 16 across, 2 down
    tokens: 6,
    placeholder: "[IMG][IMG][IMG][IMG_BREAK][IMG][IMG][IMG][IMG_END]",
  },
  {
    source:
      "models/pixtral/processing_pixtral.py: patch_size · spatial_merge_size pixels a token (Mistral Small)",
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
    placeholder: Array(3).fill("[IMG]".repeat(55)).join("[IMG_BREAK]") + "[IMG_END]",
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
      max_patches: 1,
    },
    size: { width: 200, height: 120 },
    tokens: 256,
    placeholder: `<img>${"<IMG_CONTEXT>".repeat(256)}</img>`,
  },
  {
    source: "models/qianfan_ocr/processing_qianfan_ocr.py, replace_image_token: 4 tiles and all of it",
    config: {
      image_processor: { image_processor_type: "GotOcr2ImageProcessor", size: 32, crop_to_patches: false },
      image_seq_length: 3,
      max_patches: 4,
      processor_class: "QianfanOCRProcessor",
    },
    size: { width: 60, height: 60 },
    tokens: 15,
    placeholder: `<img>${"<IMG_CONTEXT>".repeat(15)}</img>`,
  },
  {
    source: "models/aya_vision/processing_aya_vision.py, replace_image_token: 2 tiles and all of it",
    config: {
      image_processor: {
        image_processor_type: "GotOcr2ImageProcessor",
        size: { height: 56, width: 56 },
        crop_to_patches: false,
        max_patches: 3,
      },
      patch_size: 14,
      img_size: 56,
      downsample_factor: 2,
      processor_class: "AyaVisionProcessor",
    },
    size: { width: 200, height: 100 },
    tokens: 12,
    placeholder: "<|START_OF_IMG|>" +
      ["TILE_1", "TILE_2", "TILE_GLOBAL"].map((tile) => tile + "<|IMG_PATCH|>".repeat(4)).join("") +
      "<|END_OF_IMG|>",
  },
  {
    source: "models/aya_vision/processing_aya_vision.py, __init__: (364 // 28)² tokens of a picture",
    config: {
      image_processor_type: "GotOcr2ImageProcessorFast",
      processor_class: "AyaVisionProcessor",
      max_patches: 1,
    },
    size: { width: 200, height: 100 },
    tokens: 169,
    placeholder: `<|START_OF_IMG|>TILE_GLOBAL${"<|IMG_PATCH|>".repeat(169)}<|END_OF_IMG|>`,
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
    source: "models/idefics/processing_idefics.py, image_tokens: one token between two marks",
    config: { image_processor_type: "IdeficsImageProcessor" },
    size: { width: 200, height: 120 },
    tokens: 1,
    placeholder: `${MARK}<image>${MARK}`,
  },
  {
    source: "models/chameleon/processing_chameleon.py, __call__: a break, image_seq_length tokens, an end",
    config: { image_processor_type: "ChameleonImageProcessor", image_seq_length: 3 },
    size: { width: 200, height: 120 },
    tokens: 3,
    placeholder: "<racm3:break><image><image><image><eoss>",
  },
  {
    source: "models/janus/processing_janus.py, __call__: 576 tokens between a start and an end",
    config: { image_processor_type: "JanusImageProcessor" },
    size: { width: 200, height: 120 },
    tokens: 576,
    placeholder: `<begin_of_image>${"<image_placeholder>".repeat(576)}<end_of_image>`,
  },
  {
    source: "models/emu3/processing_emu3.py, __call__: the size in tokens of 8 pixels, one more a line",
    config: { image_processor_type: "Emu3ImageProcessor", min_pixels: 64, max_pixels: 1000 },
    size: { width: 200, height: 120 }, // 40 × 24
    tokens: 18,
    placeholder: `<|image start|>3*5<|image token|>${"<image>".repeat(18)}<|extra_201|><|image end|>`,
  },
];
