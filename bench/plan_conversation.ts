/**
 * Times the planning of mixed conversations from sizes alone: template, tokens, kinds and positions. The
 * small one has 2 pictures, a clip and 40 words, the large one 8 pictures, 2 clips and 2 000 words. Of each
 * the first plan of its process and the median of 25 after it are printed.
 */
import { columnsText } from "../src/cli/output/table.ts";
import { planConversation } from "../src/engine/conversation/plan_conversation.ts";
import { recipeFromConfig } from "../src/recipes/config.ts";
import type { MessagePart } from "../src/text/messages.ts";
import { tokenizerOf } from "../src/text/tokenizer_file.ts";
import { tokenizerJson } from "../tests/support/sft/byte_tokenizer.ts";
import { median } from "./report/figure.ts";

const ROUNDS = 25;

const MARKS = ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>"];
const { tokenizer } = tokenizerOf(tokenizerJson([...MARKS, "<|image_pad|>", "<|video_pad|>"]));

const template = `{% for m in messages %}<|im_start|>{{ m.role }}\n{% for part in m.content %}` +
  `{% if part.type == "text" %}{{ part.text }}{% else %}<|vision_start|><|{{ part.type }}_pad|>` +
  `<|vision_end|>{% endif %}{% endfor %}<|im_end|>\n{% endfor %}`;

const words = (count: number): MessagePart => ({ type: "text", text: "the word ".repeat(count / 2) });
const picture: MessagePart = { type: "image", image: { width: 1920, height: 1080 } };
const clip = (frames: number): MessagePart => {
  return { type: "video", video: { frames, width: 640, height: 360 }, fps: 2 };
};
const large = Array.from({ length: 8 }, (_, i) => [picture, words(250), ...(i % 4 === 3 ? [clip(64)] : [])]);
const CONVERSATIONS: Record<string, MessagePart[]> = {
  small: [picture, words(20), clip(16), words(20), picture],
  large: large.flat(),
};

const recipes = {
  pictures: recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor" }),
  clips: recipeFromConfig({ video_processor_type: "Qwen2VLVideoProcessor" }),
};

/** Plans a conversation again and again; returns its count of tokens and the times, ms. */
async function timed(content: readonly MessagePart[]): Promise<[tokens: number, times: number[]]> {
  const rope = { rule: "qwen2_5_vl", perSecond: 2 } as const;
  const options = { messages: [{ role: "user", content }], tokenizer, template, rope };
  const times: number[] = [];
  let tokens = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    const { input_ids } = await planConversation(recipes, options);
    times.push(performance.now() - start);
    tokens = input_ids.data.length;
  }
  return [tokens, times];
}

const rows = [["conversation", "tokens", "first, ms", "median, ms"]];
for (const [name, content] of Object.entries(CONVERSATIONS)) {
  const [tokens, [first, ...rest]] = await timed(content);
  rows.push([name, String(tokens), first.toFixed(1), median(rest).toFixed(1)]);
}
console.log(columnsText(rows, [false, true, true, true]));
