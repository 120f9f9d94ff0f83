import { VitrailError } from "../errors.ts";
import type { ImageText } from "../plan/image_text.ts";
import type { ChatTemplate } from "./chat_template.ts";
import { type CrossAttentionMask, crossAttentionMask } from "./cross_attention.ts";
import type { ImageSpan } from "./expansion/expanded_row.ts";
import { expandText } from "./expansion/expand_text.ts";
import { longRows, type LongTensor, type PadSide } from "./long_tensor.ts";
import { positionIds, type Positions } from "./positions/position_ids.ts";
import type { Rope } from "./positions/rope_rule.ts";
import { aheadOf, pictureAhead } from "./expansion/picture_ahead.ts";
import type { Tokenizer } from "./tokenizer_file.ts";

/** One conversation, with its images as planned. */
export interface PlannedConversation {
  /** The messages as the template takes them. */
  readonly messages: readonly unknown[];
  /** Its pictures and clips, in order. */
  readonly images: readonly ImageText[];
  /** Its name in error messages. */
  readonly where: string;
}

/** Options for a model's text input. */
export interface TextInputOptions {
  /** The model's tokenizer. */
  readonly tokenizer: Tokenizer;
  /** The model's chat template. */
  readonly template: ChatTemplate;
  /** True ends each text with the head of the answer that is asked for; absent: false. */
  readonly generationPrompt?: boolean;
  /** The tools that the model may call in all conversations, as JSON schemas; absent: none. */
  readonly tools?: readonly unknown[];
  /** The id that fills shorter rows of a batch up. */
  readonly padId?: number;
  /** The side on which it does; absent: `right`. */
  readonly padSide?: PadSide;
  /** The rule of the model's positions; absent where it counts along one axis. */
  readonly rope?: Rope;
}

/** A batch of conversations as a model takes it. Its tensors have Hugging Face's names. */
export interface TextInputs extends Partial<Positions> {
  /** The conversations as the template writes them, before marks become tokens. */
  readonly texts: readonly string[];
  /** Token ids `[conversations, length]`. */
  readonly input_ids: LongTensor;
  /** 1 for a token, 0 for padding. */
  readonly attention_mask: LongTensor;
  /** 0 for text and padding, 1 for pictures' tokens, 2 for clips'. Gemma 3 calls it `token_type_ids`. */
  readonly mm_token_type_ids: LongTensor;
  /** The tiles that each token attends to (Llama 3.2 Vision); absent where pictures are tokens. */
  readonly cross_attention_mask?: CrossAttentionMask;
  /** The places of each conversation's images in its row, in the order of the text. */
  readonly spans: readonly (readonly ImageSpan[])[];
}

/**
 * Returns a model's whole text input: conversations written by its template, tokenized and expanded, with
 * masks, kinds and positions.
 *
 * @param recipe the recipe's name in messages
 * @throws {VitrailError} `dataset` where the template refuses a conversation or drops one of its pictures;
 * `usage` where the tokenizer is another model's, where rows differ in length and there is no `padId`, and
 * where Llama 3.2 Vision gets a batch in which some conversations have no picture; `recipe` where images'
 * placeholders are not known; what {@linkcode positionIds} throws.
 */
export function textInputs(
  conversations: readonly PlannedConversation[],
  recipe: string,
  { tokenizer, template, generationPrompt = false, tools, padId, padSide = "right", rope }: TextInputOptions,
): TextInputs {
  const texts = conversations.map(({ messages }) => template.write(messages, generationPrompt, tools));
  const ahead = aheadOf(conversations.flatMap(({ images }) => images));
  const rows = conversations.map(({ images, where }, index) => {
    const text = texts[index], names = { recipe, template: template.name, where };
    if (ahead === undefined || images.length > 0) return expandText(text, images, tokenizer, names);
    return pictureAhead(tokenizer(text + ahead.end, false), images, tokenizer, names);
  });
  const lengths = rows.map(({ ids }) => ids.length), length = Math.max(...lengths);
  if (padId === undefined && lengths.some((own) => own !== length)) {
    throw new VitrailError("usage", `rows of ${lengths.join(", ")} tokens want a padId to fill them up`);
  }
  const shifted = rows.map(({ spans }, index) => {
    const by = padSide === "left" ? length - lengths[index] : 0;
    return spans.map((span) => ({ ...span, offset: span.offset + by }));
  });
  const ones = rows.map(({ ids }) => new Uint8Array(ids.length).fill(1));
  const positions = rope && positionIds(
    rows.map(({ types, spans }, index) => ({
      types,
      images: spans.map(({ image }) => conversations[index].images[image]),
    })),
    rope,
    { side: padSide },
  );
  return {
    texts,
    input_ids: longRows(rows.map(({ ids }) => ids), length, padId ?? 0, padSide),
    attention_mask: longRows(ones, length, 0, padSide),
    mm_token_type_ids: longRows(rows.map(({ types }) => types), length, 0, padSide),
    ...positions,
    ...attention(conversations, shifted, length, recipe),
    spans: shifted,
  };
}

/**
 * Returns `cross_attention_mask` where tokens attend to pictures' tiles, and nothing elsewhere.
 * @throws {VitrailError} `usage` where one conversation has such pictures and another none, as Python does.
 */
function attention(
  conversations: readonly PlannedConversation[],
  spans: readonly (readonly ImageSpan[])[],
  length: number,
  recipe: string,
): Pick<TextInputs, "cross_attention_mask"> {
  const attended = spans.map((own, index) =>
    own.map(({ image }) => conversations[index].images[image].attended)
  );
  const [first] = attended.flat();
  if (first === undefined) return {};
  const without = spans.findIndex((own) => own.length === 0);
  if (without !== -1) {
    throw new VitrailError(
      "usage",
      `${conversations[without].where} has no picture, and ${recipe} wants one in each conversation of a ` +
        `batch, or in none; plan it in a call of its own`,
    );
  }
  const rows = spans.map((own, index) => ({
    offsets: own.map(({ offset }) => offset),
    tiles: attended[index].map((picture) => picture!.tiles),
  }));
  return { cross_attention_mask: crossAttentionMask(rows, length, first.most) };
}
