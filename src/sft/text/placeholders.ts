import { VitrailError } from "../../errors.ts";
import { type OptionNames, requireOptions } from "../../given/given_options.ts";
import { requireGiven } from "../../given/given_value.ts";
import { LONGEST_ID, type Sample, shownValue, type Turn } from "../data/sample.ts";
import { type Learn, requireLearn, spannedTurns } from "./learnt_turns.ts";
import {
  type Rendered,
  requireToolsWritten,
  requireTurns,
  roleOf,
  type Template,
  type ToolUse,
  withCalls,
} from "./template.ts";

/** The text that stands for a picture in the turns of a data set. */
export const PLACEHOLDER = "<ImageHere>";

/** Facts about a sample that the sample itself does not hold. */
export interface SampleContext {
  /** The count of pictures to pair with placeholders, 1 for a clip's frames; absent: that of its names. */
  readonly pictures?: number;
  /** The sample's name in messages, such as `sample 3 of data.json (line 12)`; absent: its id. */
  readonly where?: string;
  /** The turns that are learnt; absent: the assistant's. */
  readonly learn?: Learn;
}

const CONTEXT = { pictures: true, where: true, learn: true } satisfies OptionNames<SampleContext>;

/**
 * Returns the sample's conversation as one text, with one of the template's placeholders for each picture.
 *
 * Placeholders and pictures pair in order, over all turns. A single picture without a placeholder goes first.
 *
 * @throws {VitrailError} `dataset`, naming the sample, where placeholders and pictures differ in number.
 */
export function textOf(sample: Sample, template: Template, context: SampleContext = {}): string {
  requireSample(sample, "textOf");
  requireTemplate(template);
  requireOptions("textOf", context, CONTEXT);
  const { pictures, where, learn } = context;
  if (pictures !== undefined) requireGiven("textOf: pictures", pictures, "a whole number from 0 up");
  if (where !== undefined) requireGiven("textOf: where", where, "a text");
  if (learn !== undefined) requireLearn(learn);
  return renderSample(sample, template, context).text;
}

/**
 * Requires a sample's turns and pictures.
 * @param call the call that takes it, in messages
 * @throws {VitrailError} `usage` for what is no sample.
 */
export function requireSample(sample: Sample, call: string): void {
  requireGiven(`${call}: sample`, sample, "an object", "sampleOf(json) gives");
  requireGiven("a sample's images", sample.images, "a list", `["a.jpg"]`);
  requireTurns(sample.conversations);
}

/**
 * Requires a template.
 * @throws {VitrailError} `usage` for anything else.
 */
export function requireTemplate(template: Template): void {
  requireGiven("a template", template, "an object", "conv2text, or what jinjaTemplate gives");
  requireGiven("a template's render", template.render, "a function");
  requireGiven("a template's placeholder", template.placeholder, "a text");
}

/** Returns {@linkcode textOf} the sample, with the places of {@linkcode spannedTurns} in it. */
export function renderSample(sample: Sample, template: Template, context: SampleContext = {}): Rendered {
  const { pictures = sample.images.length, where = sampleName(sample), learn } = context;
  const { placeholder, name } = template, paired = pairedTurns(sample, pictures, where);
  const lone = paired !== sample.conversations && template.lonePicture === "text";
  const turns = lone ? sample.conversations : paired;
  const rendered = named(
    where,
    () => template.render(turns, learn && spannedTurns(turns, learn), sample.tools),
  );
  requireGiven("what a template's render gives", rendered, "an object", "{ text, answers }");
  requireGiven("a rendered text", rendered.text, "a text");
  requireGiven("a rendered text's answers", rendered.answers, "a list", "[[10, 20]]");
  const write = ({ tools, calls }: ToolUse) => {
    const own = turns.map((turn, index) => ({ ...turn, fields: withCalls(turn.fields ?? {}, calls[index]) }));
    return named(where, () => template.render(own, own.map(() => false), tools).text);
  };
  requireToolsWritten(sample, write, template, where);
  const whole = lone ? pictureBefore(rendered, placeholder) : rendered;
  const written = countOf(whole.text, placeholder);
  if (written === pictures) return whole;
  throw new VitrailError(
    "dataset",
    `${where}: the template ${name} writes ${placeholder} ${times(written)} for ${counted(pictures)}`,
  );
}

/**
 * Returns a sample's turns with a placeholder for each picture. A single picture without one goes first.
 * @throws {VitrailError} `dataset`, naming the sample, where placeholders and pictures differ in number.
 */
export function pairedTurns(sample: Sample, pictures: number, where: string): readonly Turn[] {
  const { conversations } = sample;
  const found = conversations.reduce((sum, { value }) => sum + countOf(value, PLACEHOLDER), 0);
  if (found === pictures) return conversations;
  if (found === 0 && pictures === 1) return pictureFirst(conversations);
  throw mispaired(sample, pictures, found, where);
}

/** Returns what `render` does; a `dataset` or `limit` error of the template gets the sample's name. */
export function named<T>(where: string, render: () => T): T {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof VitrailError) || !["dataset", "limit"].includes(error.code)) throw error;
    throw new VitrailError(error.code, `${where}: ${error.message}`, { cause: error });
  }
}

/** Returns a sample's name in messages, by its id. */
export function sampleName({ id }: Sample): string {
  return id === undefined ? "a sample without an id" : `sample ${shownValue(id, LONGEST_ID)}`;
}

/** Returns the turns with a placeholder before the first human turn's words. */
function pictureFirst(turns: readonly Turn[]): Turn[] {
  const first = Math.max(0, turns.findIndex((turn) => roleOf(turn) === "human"));
  return turns.map((turn, index) => index === first ? { ...turn, value: PLACEHOLDER + turn.value } : turn);
}

/** Returns the text with a placeholder before it. */
function pictureBefore({ text, answers }: Rendered, placeholder: string): Rendered {
  const by = placeholder.length;
  return { text: placeholder + text, answers: answers.map(([from, to]) => [from + by, to + by]) };
}

function mispaired({ conversations }: Sample, pictures: number, found: number, where: string): VitrailError {
  const places = conversations.flatMap(({ value }, index) => {
    const count = countOf(value, PLACEHOLDER);
    return count === 0 ? [] : [`${count} in conversations[${index}]`];
  });
  const held = found === 0 ? "none" : `${found} (${places.join(", ")})`;
  const wanted = pictures === 0
    ? `want no ${PLACEHOLDER}`
    : pictures === 1
    ? `wants one ${PLACEHOLDER}, or none`
    : `want one ${PLACEHOLDER} each, in order`;
  return new VitrailError("dataset", `${where}: ${counted(pictures)} ${wanted}, found ${held}`);
}

function counted(pictures: number): string {
  return pictures === 1 ? "1 picture" : `${pictures === 0 ? "no" : pictures} pictures`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function countOf(text: string, placeholder: string): number {
  return text.split(placeholder).length - 1;
}
