import type { Size } from "../../../src/plan/geometry.ts";

/** A picture's tokens, worked out by hand from the named processor's formula. */
export interface Case {
  /** The file of transformers that the formula is from. */
  source: string;
  config: Record<string, unknown>;
  size: Size;
  tokens: number;
}

/** Of a processor that puts one token into the text as often as its formula says. */
interface Repeated extends Case {
  /** None where no text stands for the picture. */
  token?: string;
}

/** A case or more of each such family. */
export const REPEATED: Repeated[] = [
  {
    source: "models/qwen2_vl/processing_qwen2_vl.py, replace_image_token: thw.prod() // merge_size²",
    config: { image_processor_type: "Qwen2VLImageProcessor" },
    size: { width: 200, height: 120 }, // 8 × 14 patches
    tokens: 28,
    token: "<|image_pad|>",
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
    token: "<|video_pad|>",
  },
  {
    source: "models/glm4v/processing_glm4v.py, replace_image_token: thw.prod() // merge_size²",
    config: { image_processor_type: "Glm4vImageProcessor" },
    size: { width: 70, height: 150 }, // 10 × 4 patches
    tokens: 10,
    token: "<|image|>",
  },
  {
    source:
      "models/paddleocr_vl/processing_paddleocr_vl.py, __call__: thw.prod() // merge_size // merge_size",
    config: { image_processor_type: "PaddleOCRVLImageProcessor", min_pixels: 784, max_pixels: 78400 },
    size: { width: 70, height: 150 },
    tokens: 10,
    token: "<|IMAGE_PLACEHOLDER|>",
  },
  {
    source: "models/mllama/processing_mllama.py: the text is left as it is",
    config: { image_processor_type: "MllamaImageProcessor" },
    size: { width: 900, height: 300 },
    tokens: 1,
    token: "<|image|>",
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
    token: "<image>",
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
    token: "<img>",
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
    token: "<image>",
  },
  {
    // 4 × 4 patches of 14, of which the picture has 4 × 2: 8, a newline a row, 4 of the whole and a class
    // token.
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
    token: "<image>",
  },
  {
    // 3 × 5 tiles of 27 × 27 features are 81 × 135, more than nine: √(15 / 9) = 1.29 times fewer a side, 62 ×
    // 104.
    source:
      "models/llava_onevision/processing_llava_onevision.py, _get_unpadded_features: no more than nine tiles",
    config: {
      image_processor_type: "LlavaOnevisionImageProcessor",
      num_image_tokens: 729,
      vision_feature_select_strategy: "full",
    },
    size: { width: 1680, height: 1008 },
    tokens: 62 * 104 + 62 + 729,
    token: "<image>",
  },
  {
    source:
      "models/llava_onevision/processing_llava_onevision.py, __call__: half of 27 a side up, and a newline",
    config: { image_processor_type: "LlavaOnevisionImageProcessor", num_image_tokens: 729, video: true },
    size: { width: 200, height: 120 },
    tokens: 14 * 14 + 1,
    token: "<video>",
  },
  {
    source: "models/aria/processing_aria.py, __call__: 256 a crop of 980",
    config: { image_processor_type: "AriaImageProcessor" },
    size: { width: 200, height: 120 },
    tokens: 256,
    token: "<|img|>",
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
    token: "<|img|>",
  },
  {
    source: "models/blip_2/processing_blip_2.py, __call__: num_query_tokens",
    config: {
      image_processor: { image_processor_type: "BlipImageProcessor" },
      processor_class: "Blip2Processor",
      num_query_tokens: 32,
    },
    size: { width: 200, height: 120 },
    tokens: 32,
    token: "<image>",
  },
  {
    source: "models/video_llava/processing_video_llava.py, __call__: 16² patches, one added, one dropped",
    config: { image_processor_type: "VideoLlavaImageProcessor" },
    size: { width: 200, height: 120 },
    tokens: 256,
    token: "<image>",
  },
  {
    source: "models/video_llava/processing_video_llava.py, __call__: 3 × 2 patches and one added",
    config: {
      image_processor: {
        image_processor_type: "VideoLlavaImageProcessor",
        crop_size: { height: 64, width: 96 },
      },
      patch_size: 32,
      vision_feature_select_strategy: "full",
    },
    size: { width: 200, height: 120 },
    tokens: 7,
    token: "<image>",
  },
  {
    source: "models/deepseek_vl/processing_deepseek_vl.py, __call__: num_image_tokens, 576 by default",
    config: { image_processor_type: "DeepseekVLImageProcessor" },
    size: { width: 200, height: 120 },
    tokens: 576,
    token: "<image_placeholder>",
  },
  {
    source: "models/deepseek_vl_hybrid/processing_deepseek_vl_hybrid.py, __call__: num_image_tokens",
    config: {
      image_processor: { image_processor_type: "DeepseekVLHybridImageProcessor" },
      num_image_tokens: 4,
    },
    size: { width: 200, height: 120 },
    tokens: 4,
    token: "<image_placeholder>",
  },
  {
    source:
      "models/pi0/processing_pi0.py, __call__: the encoder makes image_seq_length, and no text stands for it",
    config: { image_processor_type: "PI0ImageProcessor", image_seq_length: 256 },
    size: { width: 200, height: 120 },
    tokens: 256,
  },
];
