import { shown, VitrailError } from "../../errors.ts";
import { type OptionNames, requireOptions } from "../../given/given_options.ts";
import { requireGiven, requireObjects } from "../../given/given_value.ts";
import { IGNORED, labelsByAnswers, labelsByMarks, type TextSegment } from "./labels.ts";
import { type Learn, learntTurns, requireLearn } from "./learnt_turns.ts";
import { renderSample, requireSample, requireTemplate, sampleName } from "./placeholders.ts";
import type { Sample, Turn } from "../data/sample.ts";
import { type Rendered, roleOf, type Template, type TextSpan } from "./template.ts";
import { requireTokenizer, type Tokenizer } from "../../text/tokenizer_file.ts";

/** A sample with its pictures' token counts: `{ ...sample, pictures: plan.images }`. */
export interface CollateSample extends Sample {
  /** The planned images of its pictures, in order; absent for none. */
  readonly pictures?: readonly { readonly tokens?: number }[];
  /** The sample's name in messages; absent: its id. */
  readonly where?: string;
}

/** Options for making a sample a row of tokens. */
export interface TokenRowOptions {
  /** The form of the conversation's text. */
  readonly template: Template;
  /** The model's tokenizer. */
  readonly tokenizer: Tokenizer;
  /** The most tokens that a row may have. */
  readonly maxLength: number;
  /** The id at pictures' tokens, whose embeddings the features replace. */
  readonly pictureId: number;
  /** The turns that are learnt; absent: the assistant's. */
  readonly learn?: Learn;
}

/** The names of the options that make a sample a row of tokens. */
export const ROW_OPTIONS = {
  template: true,
  tokenizer: true,
  maxLength: true,
  pictureId: true,
  learn: true,
} satisfies OptionNames<TokenRowOptions>;

/** The place of a picture's tokens in a row. */
export interface PictureSpan {
  /** The place of its first token; the row's length, where the cut left none. */
  readonly start: number;
  /** The count of its tokens in the row: the picture's first ones. */
  readonly length: number;
  /** The count of the whole picture's tokens. */
  readonly tokens: number;
}

/** One sample as a row of tokens. */
export interface TokenRow {
  /** The token ids `[length]`. */
  readonly ids: Int32Array;
  /** The labels `[length]`: the id, or −100 where it is not to be learnt. */
  readonly labels: Int32Array;
  /** The places of the pictures, in order. */
  readonly spans: readonly PictureSpan[];
  /** The length of the whole row, before the cut to `maxLength`. */
  readonly whole: number;
}

/** A row of tokens with the text that it is made of. */
export interface TextTokens extends TokenRow {
  /** The conversation as the model reads it, with its placeholders, before the cut. */
  readonly text: string;
}

/**
 * Returns one sample as a row of tokens, cut to `maxLength`. The stretches of text between its pictures are
 * tokenized each for itself, and the pictures' tokens stand between them.
 *
 * The cut keeps the first `maxLength` tokens and labels of the whole row, whatever they are. A picture may
 * lose its last tokens, as in the reference, and then nothing follows it. So every label that is left has
 * before it all that the model would have seen in the whole row.
 *
 * @throws {VitrailError} `dataset`, naming the sample, where placeholders and pictures differ in number, or
 * where a value holds tokens that end turns; `usage` where a picture's token count is not known, or an id is
 * none.
 */
export function tokenRowOf(sample: CollateSample, options: TokenRowOptions): TextTokens {
  requireOptions("tokenRowOf", options, { ...ROW_OPTIONS, padId: true }); // options of `collate` will do
  requireSample(sample, "tokenRowOf");
  return rowOf(sample, options);
}

/** Returns a sample as a row of tokens by options whose names were looked at, as {@linkcode tokenRowOf}. */
export function rowOf(sample: CollateSample, options: TokenRowOptions): TextTokens {
  const { template, tokenizer, maxLength, pictureId, learn } = options;
  const { where = sampleName(sample) } = sample;
  requireId("pictureId", pictureId);
  requireTemplate(template);
  requireTokenizer(tokenizer);
  requireGiven("maxLength", maxLength, "a number from 0 up");
  if (learn !== undefined) requireLearn(learn);
  if (sample.pictures !== undefined) requireObjects("a sample's pictures", sample.pictures, "plan.images");
  const pictures = sample.pictures ?? (sample.images.length === 0 ? [] : unplanned(sample, where));
  const rendered = renderSample(sample, template, { pictures: pictures.length, where, learn });
  const counts = pictures.map(({ tokens }, index) => tokenCountOf(tokens, index, where));
  const { ids, segments, spans } = join(rendered, counts, template, tokenizer);
  const labels = labelsOf(ids, segments, rendered.answers, sample.conversations, options, where);
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

/** Returns the labels of a row, which is {@linkcode IGNORED} at pictures, by the places of `spannedTurns`. */
function labelsOf(
  ids: Int32Array,
  segments: readonly TextSegment[],
  answers: readonly TextSpan[],
  turns: readonly Turn[],
  { template: { marks }, tokenizer, learn = ["assistant"] }: TokenRowOptions,
  where: string,
): Int32Array {
  if (learn === "all") {
    const excepted = labelsByAnswers(ids, segments, answers, tokenizer);
    return ids.map((id, at) => excepted[at] === IGNORED ? id : IGNORED);
  }
  const roles = turns.map(roleOf), learnt = learntTurns(turns, learn);
  // Marks find answers alone. Without an end before it, the first turn's answer is found in the text, too.
  const byMarks = roles[0] !== "assistant" && roles.every((role, i) => role === "assistant" || !learnt[i]);
  if (marks !== undefined && byMarks) return labelsByMarks(ids, learnt, marks, where);
  return labelsByAnswers(ids, segments, answers, tokenizer);
}

/** Joins the tokens of texts and pictures to one row, with {@linkcode IGNORED} at pictures. */
function join({ text }: Rendered, counts: readonly number[], template: Template, tokenizer: Tokenizer) {
  const { placeholder, special } = template;
  const segments: TextSegment[] = [], spans: PictureSpan[] = [];
  let at = 0, from = 0, begun = special === "never";
  for (const [index, stretch] of text.split(placeholder).entries()) {
    if (stretch !== "" || !begun && special === "always") {
      const ids = tokenizer(stretch, !begun);
      segments.push({ text: stretch, from, special: !begun, ids, at });
      at += ids.length;
      begun = true;
    }
    from += stretch.length + placeholder.length;
    if (index === counts.length) break;
    spans.push({ start: at, length: counts[index], tokens: counts[index] });
    at += counts[index];
  }
  const ids = new Int32Array(at).fill(IGNORED);
  for (const segment of segments) ids.set(segment.ids, segment.at);
  return { ids, segments, spans };
}

/** Returns the place of a picture in a row that is cut to `length`. */
function cut({ start, tokens }: PictureSpan, length: number): PictureSpan {
  const kept = Math.min(start, length);
  return { start: kept, length: Math.min(tokens, length - kept), tokens };
}

function unplanned({ images }: CollateSample, where: string): never {
  throw new VitrailError(
    "usage",
    `${where}: ${images.length} images without their token counts; ` +
      "add `pictures`, the plan's or the batch's images",
  );
}

function tokenCountOf(tokens: number | undefined, index: number, where: string): number {
  if (Number.isSafeInteger(tokens) && tokens! >= 0) return tokens!;
  throw new VitrailError(
    "usage",
    tokens === undefined
      ? `${where}: picture ${index} has no token count; ` +
        `its recipe does not say how many tokens a picture becomes`
      : `${where}: picture ${index} has ${shown(tokens)} tokens, expected a whole number`,
  );
}

/**
 * Checks an option that is a token's id.
 * @throws {VitrailError} `usage` where it is none.
 */
export function requireId(name: string, id: number): void {
  if (Number.isInteger(id) && id >= -(2 ** 31) && id < 2 ** 31) return;
  throw new VitrailError(
    "usage",
    `${name} is a token's id, a whole number below 2147483648; found ${shown(id)}`,
  );
}
