import type { Message } from "../../../src/text/messages.ts";
import { tokenizerOf } from "../../../src/text/tokenizer_file.ts";
import { tokenizerJson } from "../sft/byte_tokenizer.ts";

/** A model, as far as a conversation needs it. */
export interface ChatCase {
  model: string;
  /** The config of its pictures, with its processor's fields around it. */
  config: Record<string, unknown>;
  /** The marks of its tokenizer. */
  marks: string[];
  /** The text that its template writes for a picture. */
  picture: string;
  /** The texts whose tokens `mm_token_type_ids` count as a picture's. */
  typed: string[];
  /** True where they count all that a placeholder holds, newlines among it. */
  whole?: true;
}

/** Returns a template that writes messages between marks, and their parts one after another. */
export function templateOf({ picture = "", clip = "" }: { picture?: string; clip?: string }): string {
  return `{{ bos_token }}{% for m in messages %}<|im_start|>{{ m.role }}\n` +
    `{% if m.content is string %}{{ m.content }}{% else %}{% for part in m.content %}` +
    `{% if part.type == "image" %}${picture}{% elif part.type == "video" %}${clip}` +
    `{% else %}{{ part.text }}{% endif %}` +
    `{% endfor %}{% endif %}<|im_end|>\n{% endfor %}` +
    `{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}`;
}

/** Returns a tokenizer of bytes with a model's marks, as HuggingFace's library runs it. */
export function tokenizerOfCase({ marks }: Pick<ChatCase, "marks">) {
  return tokenizerOf(tokenizerJson(["<|im_start|>", "<|im_end|>", ...marks]));
}

/** Two pictures, the one wide and the other tall, and texts around them. */
export const TALK: Message[] = [
  { role: "system", content: "the the" },
  {
    role: "user",
    content: [
      { type: "image", image: { width: 200, height: 120 } },
      { type: "text", text: "the first,\n" },
      { type: "image", image: { width: 60, height: 150 } },
    ],
  },
  { role: "assistant", content: [{ type: "text", text: "Hm." }] },
];

const AROUND = "<fake_token_around_image>";

/** Idefics' marks of tiles. */
const TILES = Array.from({ length: 36 }, (_, i) => `<row_${Math.floor(i / 6) + 1}_col_${i % 6 + 1}>`);

/** The models, each with a small config. */
export const CHAT_CASES: ChatCase[] = [
  {
    model: "Qwen2-VL",
    config: { image_processor_type: "Qwen2VLImageProcessor", processor_class: "Qwen2VLProcessor" },
    marks: ["<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"],
    picture: "<|vision_start|><|image_pad|><|vision_end|>",
    typed: ["<|image_pad|>"],
  },
  {
    model: "Qwen3-VL",
    config: {
      image_processor_type: "Qwen2VLImageProcessorFast",
      processor_class: "Qwen3VLProcessor",
      patch_size: 16,
    },
    marks: ["<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"],
    picture: "<|vision_start|><|image_pad|><|vision_end|>",
    typed: ["<|image_pad|>"],
  },
  {
    model: "GLM-4V",
    config: { image_processor_type: "Glm4vImageProcessor", processor_class: "Glm4vProcessor" },
    marks: ["<|begin_of_image|>", "<|end_of_image|>", "<|image|>"],
    picture: "<|begin_of_image|><|image|><|end_of_image|>",
    typed: ["<|image|>"],
  },
  {
    model: "Idefics3",
    config: {
      image_processor_type: "Idefics3ImageProcessor",
      size: { longest_edge: 120 },
      max_image_size: { longest_edge: 50 },
      image_seq_len: 3,
    },
    marks: [AROUND, "<image>", "<global-img>", ...TILES],
    picture: "<image>",
    typed: [AROUND, "<image>", "<global-img>", ...TILES],
    whole: true,
  },
  {
    model: "Idefics2",
    config: { image_processor_type: "Idefics2ImageProcessor", image_seq_len: 4 },
    marks: [AROUND, "<image>"],
    picture: "<image>",
    typed: ["<image>"],
  },
  {
    model: "Gemma 3",
    config: { image_processor_type: "Gemma3ImageProcessor", image_seq_length: 5 },
    marks: ["<start_of_image>", "<image_soft_token>", "<end_of_image>"],
    picture: "<start_of_image>",
    typed: ["<image_soft_token>"],
  },
  {
    model: "Gemma 3 with crops",
    config: { image_processor_type: "Gemma3ImageProcessor", image_seq_length: 2, do_pan_and_scan: true },
    marks: ["<start_of_image>", "<image_soft_token>", "<end_of_image>"],
    picture: "<start_of_image>",
    typed: ["<image_soft_token>"],
  },
  {
    model: "Pixtral",
    config: { image_processor_type: "PixtralImageProcessor" },
    marks: ["[IMG]", "[IMG_BREAK]", "[IMG_END]"],
    picture: "[IMG]",
    typed: ["[IMG]", "[IMG_BREAK]", "[IMG_END]"],
  },
  {
    model: "Llama 3.2 Vision",
    config: { image_processor_type: "MllamaImageProcessor", size: { height: 28, width: 28 } },
    marks: ["<|image|>"],
    picture: "<|image|>",
    typed: ["<|image|>"],
  },
  {
    model: "LLaVA-NeXT",
    config: {
      image_processor: {
        image_processor_type: "LlavaNextImageProcessor",
        size: { shortest_edge: 28 },
        crop_size: { height: 28, width: 28 },
        image_grid_pinpoints: [[28, 56], [56, 28], [56, 56]],
      },
      patch_size: 14,
      vision_feature_select_strategy: "default",
      num_additional_image_tokens: 1,
    },
    marks: ["<image>"],
    picture: "<image>\n",
    typed: ["<image>"],
  },
  {
    model: "LLaVA-1.5",
    config: {
      image_processor: { image_processor_type: "LlavaImageProcessor", crop_size: 56, size: 56 },
      patch_size: 14,
      vision_feature_select_strategy: "full",
    },
    marks: ["<image>"],
    picture: "<image>",
    typed: ["<image>"],
  },
  {
    model: "InternVL",
    config: {
      image_processor_type: "GotOcr2ImageProcessorFast",
      processor_class: "InternVLProcessor",
      size: { height: 32, width: 32 },
      crop_to_patches: false, // the processor passes true
      max_patches: 4,
      image_seq_length: 4,
    },
    marks: ["<img>", "</img>", "<IMG_CONTEXT>"],
    picture: "<IMG_CONTEXT>\n",
    typed: ["<img>", "</img>", "<IMG_CONTEXT>"],
  },
  {
    model: "Qianfan-OCR",
    config: {
      image_processor_type: "GotOcr2ImageProcessor",
      processor_class: "QianfanOCRProcessor",
      size: { height: 32, width: 32 },
      image_seq_length: 4,
    },
    marks: ["<img>", "</img>", "<IMG_CONTEXT>"],
    picture: "<image>\n",
    typed: ["<img>", "</img>", "<IMG_CONTEXT>"],
  },
  {
    model: "Aya Vision",
    config: {
      image_processor_type: "GotOcr2ImageProcessor",
      processor_class: "AyaVisionProcessor",
      size: { height: 32, width: 32 },
      crop_to_patches: true,
      max_patches: 4,
    },
    marks: [
      "<|START_OF_IMG|>",
      "<|END_OF_IMG|>",
      "<|IMG_PATCH|>",
      "TILE_GLOBAL",
      "TILE_1",
      "TILE_2",
      "TILE_3",
    ],
    picture: "<image>",
    typed: ["<|START_OF_IMG|>", "<|END_OF_IMG|>", "<|IMG_PATCH|>", "TILE_GLOBAL"],
  },
  {
    model: "Ovis2",
    config: {
      image_processor_type: "Ovis2ImageProcessor",
      size: 80,
      crop_to_patches: true,
      max_patches: 6,
      image_seq_length: 2,
    },
    marks: ["<IMG_START>", "<IMG_END>", "<IMG_GRID>", "<IMG_COL>", "<IMG_ROW>", "<IMG_ATOM>"],
    picture: "<image>\n",
    typed: ["<IMG_ATOM>"],
  },
];

/** A model that takes clips. */
export interface ClipCase {
  model: string;
  config: Record<string, unknown>;
  marks: string[];
  /** The text that its template writes for a clip. */
  clip: string;
  /** The kind of each text's tokens in `mm_token_type_ids`. */
  kinds: Record<string, number>;
  /** True where positions are counted along three axes. */
  axes?: true;
}

/** The models that take clips, each with its class's defaults. */
export const CLIP_CASES: ClipCase[] = [
  {
    model: "Qwen2.5-VL",
    config: { video_processor_type: "Qwen2VLVideoProcessor", processor_class: "Qwen2_5_VLProcessor" },
    marks: ["<|vision_start|>", "<|vision_end|>", "<|video_pad|>"],
    clip: "<|vision_start|><|video_pad|><|vision_end|>",
    kinds: { "<|video_pad|>": 2 },
    axes: true,
  },
  {
    model: "Qwen3-VL",
    config: { video_processor_type: "Qwen3VLVideoProcessor", processor_class: "Qwen3VLProcessor" },
    marks: ["<|vision_start|>", "<|vision_end|>", "<|video_pad|>"],
    clip: "<|vision_start|><|video_pad|><|vision_end|>",
    kinds: { "<|video_pad|>": 2 },
    axes: true,
  },
  {
    model: "GLM-4V",
    config: { video_processor_type: "Glm4vVideoProcessor", processor_class: "Glm4vProcessor" },
    marks: ["<|begin_of_image|>", "<|end_of_image|>", "<|begin_of_video|>", "<|end_of_video|>", "<|image|>"],
    clip: "<|begin_of_video|><|video|><|end_of_video|>",
    kinds: { "<|image|>": 2 },
    axes: true,
  },
  {
    model: "Cosmos3-Edge",
    config: { video_processor_type: "Cosmos3EdgeVideoProcessor", processor_class: "Cosmos3EdgeProcessor" },
    marks: ["<|vision_start|>", "<|vision_end|>", "<|video_pad|>"],
    clip: "<|vision_start|><|video_pad|><|vision_end|>",
    kinds: { "<|video_pad|>": 2 },
    axes: true,
  },
  {
    model: "InternVL",
    config: { video_processor_type: "InternVLVideoProcessor", size: { height: 32, width: 32 } },
    marks: ["<img>", "</img>", "<IMG_CONTEXT>"],
    clip: "<video>\n",
    kinds: { "<img>": 1, "</img>": 1, "<IMG_CONTEXT>": 1 },
  },
  {
    model: "LLaVA-NeXT-Video",
    config: { video_processor_type: "LlavaNextVideoVideoProcessor", patch_size: 14 },
    marks: ["<image>", "<video>"],
    clip: "<video>\n",
    kinds: { "<video>": 2 },
  },
];
