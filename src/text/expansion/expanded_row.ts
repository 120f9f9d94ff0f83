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

/** Returns a row of stretches one after another, with its tokens' kinds and its images' places. */
export function expandedRow(stretches: readonly TokenStretch[], images: readonly ImageText[]): ExpandedText {
  const length = stretches.reduce((sum, { times }) => sum + times, 0);
  const ids = new Int32Array(length), types = new Uint8Array(length);
  const spans: { image: number; from: number; to: number }[] = [];
  let at = 0;
  for (const { id, times, image, own } of stretches) {
    const end = at + times;
    ids.fill(id, at, end);
    if (image !== undefined) {
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
