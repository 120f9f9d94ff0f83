import type { ImageText } from "../../plan/image_text.ts";

/** The place of an image's tokens in a row. */
export interface ImageSpan {
  /** The image's place among those of its conversation, from 0. */
  readonly image: number;
  /** The offset of its first token: a mark before its tokens, such as `<img>`, where there is one. */
  readonly offset: number;
  /** The count of tokens up to its last, marks and texts between them included. */
  readonly length: number;
  /** The count of the encoder's tokens among them. */
  readonly tokens: number;
}

/** A text as tokens, with its images' in their places. */
export interface ExpandedText {
  /** The token ids `[length]`. */
  readonly ids: Int32Array;
  /** The kind of each token `[length]`: 0 for text, 1 for a picture's, 2 for a clip's. */
  readonly types: Uint8Array;
  /** The places of the images, in the order of the text. */
  readonly spans: readonly ImageSpan[];
}

/** One token, as often as it follows itself. */
export interface TokenStretch {
  readonly id: number;
  readonly times: number;
  /** The image that it is a mark of, by its place in the conversation; absent for text. */
  readonly image?: number;
  /** True for the encoder's tokens. */
  readonly own?: boolean;
}

/** A part of a row: a stretch of one token, or the ids of a text. */
export type RowPart = TokenStretch | readonly number[];

/** Returns whether a part is the ids of a text. */
export function isText(part: RowPart): part is readonly number[] {
  return Array.isArray(part);
}

/** Returns the count of a part's tokens. */
export function lengthOf(part: RowPart): number {
  return isText(part) ? part.length : part.times;
}

/** Returns a row of parts one after another, with its tokens' kinds and its images' places. */
export function expandedRow(parts: readonly RowPart[], images: readonly ImageText[]): ExpandedText {
  const length = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  const ids = new Int32Array(length), types = new Uint8Array(length);
  const spans: { image: number; from: number; to: number }[] = [];
  let at = 0;
  for (const part of parts) {
    const end = at + lengthOf(part);
    if (isText(part)) ids.set(part, at);
    else ids.fill(part.id, at, end);
    if (!isText(part) && part.image !== undefined) {
      const { image, own } = part;
      if (own || images[image].typed === "marks") types.fill(kindOf(images[image]), at, end);
      const last = spans.at(-1);
      if (last?.image === image) last.to = end;
      else spans.push({ image, from: at, to: end });
    }
    at = end;
  }
  for (const { image, from, to } of spans) {
    if (images[image].typed === "whole") types.fill(kindOf(images[image]), from, to);
  }
  return {
    ids,
    types,
    spans: spans.map(({ image, from, to }) => {
      return { image, offset: from, length: to - from, tokens: images[image].tokens! };
    }),
  };
}

/** Returns the number that stands for an image's tokens in `mm_token_type_ids`. */
function kindOf({ video, kind = video ? 2 : 1 }: ImageText): number {
  return kind;
}
