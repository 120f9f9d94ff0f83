import { templateOf } from "../text/chat_cases.ts";
import { tokenizerJson } from "./byte_tokenizer.ts";

/** The marks of the model. */
export const MARKS = [
  ...["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>"],
  ...["<|image_pad|>", "<|video_pad|>"],
];

/** Its template. */
export const TEMPLATE = templateOf({
  picture: "<|vision_start|><|image_pad|><|vision_end|>",
  clip: "<|vision_start|><|video_pad|><|vision_end|>",
});

/** The config of its pictures. */
export const PICTURES = {
  image_processor_type: "Qwen2VLImageProcessor",
  processor_class: "Qwen2_5_VLProcessor",
  min_pixels: 28 * 28,
};

/** The files of a folder of Qwen2.5-VL, whose tokenizer knows bytes and marks. */
export const MODEL: Readonly<Record<string, object>> = {
  "tokenizer.json": tokenizerJson(MARKS),
  "tokenizer_config.json": { chat_template: TEMPLATE, pad_token: "</s>" },
  "preprocessor_config.json": PICTURES,
  "config.json": { model_type: "qwen2_5_vl", vision_config: { tokens_per_second: 2 } },
};
