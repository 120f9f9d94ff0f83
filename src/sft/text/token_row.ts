import { VitrailError } from "../../errors.ts";
import { IGNORED, labelsByAnswers, labelsByMarks, type TextPart } from "./labels.ts";
import { renderSample, sampleName } from "./placeholders.ts";
import type { Sample } from "../data/sample.ts";
import { type Rendered, roleOf, type Template } from "./template.ts";
import type { Tokenizer } from "./tokenizer_file.ts";

/** A sample with what the plan says of its pictures: `{ ...sample, pictures: plan.images }`. */
export interface CollateSample extends Sample {
  /** Its pictures in order; absent for none. */
  readonly pictures?: readonly { readonly tokens?: number }[];
  /** What messages call it; absent: its id. */
  readonly where?: string;
}

/** How a sample becomes a row of tokens. */
export interface TokenRowOptions {
  readonly template: Template;
  readonly tokenizer: Tokenizer;
  /** The most tokens that a row may have. */
  readonly maxLength: number;
  /** The id at pictures' tokens, whose embeddings the features replace. */
  readonly pictureId: number;
}

/** Where a picture's tokens lie in a row. */
export interface PictureSpan {
  /** Its first token; the row's length, where the cut left none. */
  readonly start: number;
  /** Tokens in the row: the first of its features. */
  readonly length: number;
  /** Tokens of the whole picture. */
  readonly tokens: number;
}

/** One sample as tokens. */
export interface TokenRow {
  /** `[length]` */
  readonly ids: Int32Array;
  /** `[length]`: the id, or −100 where it is not to be learnt. */
  readonly labels: Int32Array;
  /** One for each picture, in order. */
  readonly spans: readonly PictureSpan[];
  /** Tokens before the cut to `maxLength`. */
  readonly whole: number;
}

/** A row with the conversation as the model reads it, placeholders in place, before the cut. */
export interface TextTokens extends TokenRow {
  readonly text: string;
}

/**
 * One sample as a row of tokens: its text's parts tokenized each for itself, its pictures between them, cut to `maxLength`.
 *
 * The cut keeps the first `maxLength` tokens and labels of the whole row, whatever they are: a picture may lose its last
 * tokens, as in the reference, and then nothing follows it. So a label is left only where all that the model would have
 * seen before it is in the row.
 *
 * @throws {VitrailError} `dataset`, naming the sample, where placeholders and pictures differ in number or a value holds
 * tokens that end turns; `usage` where a picture's token count is not known, or for what is no id.
 */
export function tokenRowOf(sample: CollateSample, options: TokenRowOptions): TextTokens {
  const { template, tokenizer, maxLength, pictureId } = options;
  const { where = sampleName(sample) } = sample;
  requireId("pictureId", pictureId);
  const pictures = sample.pictures ?? (sample.images.length === 0 ? [] : unplanned(sample, where));
  const rendered = renderSample(sample, template, { pictures: pictures.length, where });
  const counts = pictures.map(({ tokens }, index) => countOf(tokens, index, where));
  const { ids, parts, spans } = join(rendered, counts, template, tokenizer);
  const roles = sample.conversations.map(roleOf);
  // Without an end before it, the first turn's answer is found in the text.
  const labels = template.marks !== undefined && roles[0] !== "assistant"
    ? labelsByMarks(ids, roles, template.marks, where)
    : labelsByAnswers(ids, parts, rendered.answers, tokenizer);
  for (const { start, length } of spans) ids.fill(pictureId, start, start + length);
  const length = Math.min(ids.length, maxLength);
  return {
    ids: ids.subarray(0, length),
    labels: labels.subarray(0, length),
    spans: spans.map((span) => cut(span, length)),
    whole: ids.length,
    text: rendered.text,
  };
}

/** Texts and pictures one after another, {@linkcode IGNORED} at pictures. */
function join({ text }: Rendered, counts: readonly number[], template: Template, tokenizer: Tokenizer) {
  const { placeholder, special } = template;
  const parts: TextPart[] = [], spans: PictureSpan[] = [];
  let at = 0, from = 0, begun = special === "never";
  for (const [index, part] of text.split(placeholder).entries()) {
    if (part !== "" || !begun && special === "always") {
      const ids = tokenizer(part, !begun);
      parts.push({ text: part, from, special: !begun, ids, at });
      at += ids.length, begun = true;
    }
    from += part.length + placeholder.length;
    if (index === counts.length) break;
    spans.push({ start: at, length: counts[index], tokens: counts[index] });
    at += counts[index];
  }
  const ids = new Int32Array(at).fill(IGNORED);
  for (const part of parts) ids.set(part.ids, part.at);
  return { ids, parts, spans };
}

function cut({ start, tokens }: PictureSpan, length: number): PictureSpan {
  const kept = Math.min(start, length);
  return { start: kept, length: Math.min(tokens, length - kept), tokens };
}

function unplanned({ images }: CollateSample, where: string): never {
  throw new VitrailError(
    "usage",
    `${where}: ${images.length} images without their token counts; add \`pictures\`, the plan's or the batch's images`,
  );
}

function countOf(tokens: number | undefined, index: number, where: string): number {
  if (Number.isSafeInteger(tokens) && tokens! >= 0) return tokens!;
  throw new VitrailError(
    "usage",
    tokens === undefined
      ? `${where}: picture ${index} has no token count; its recipe does not say how many tokens a picture becomes`
      : `${where}: picture ${index} has ${tokens} tokens, expected a whole number`,
  );
}

/** @throws {VitrailError} `usage` for what is no token's id. */
export function requireId(name: string, id: number): void {
  if (Number.isInteger(id) && id >= -(2 ** 31) && id < 2 ** 31) return;
  throw new VitrailError("usage", `${name} is a token's id, a whole number below 2147483648; found ${id}`);
}
