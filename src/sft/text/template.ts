import { VitrailError } from "../../errors.ts";
import { requireGiven, requireObjects } from "../../given/given_value.ts";
import type { MessageFields, Sample, ToolCall, Turn } from "../data/sample.ts";

/** The speakers of turns. */
export type Role = "human" | "assistant" | "system" | "tool";

/** A stretch of a text: from and to (exclusive), in UTF-16 units. */
export type TextSpan = readonly [from: number, to: number];

/** A conversation as one text. */
export interface Rendered {
  /** The text, with the template's placeholders. */
  readonly text: string;
  /** The stretches that a model learns to write: each turn that is learnt, with the mark that ends it. */
  readonly answers: readonly TextSpan[];
}

/** The marks by which answers are found among token ids, where every turn ends in one token. */
export interface TurnMarks {
  /** The token that ends a turn. */
  readonly end: number;
  /** The token that ends the row. */
  readonly eos: number;
  /** The count of tokens from a turn's end to an answer's first: the end itself and the answer's head. */
  readonly header: number;
}

/** The form in which a model reads and writes a conversation. */
export interface Template {
  /** The template's name in messages. */
  readonly name: string;
  /** The text that stands for a picture. */
  readonly placeholder: string;
  /** The place of a lone picture without a placeholder: before the text, or in the first human turn. */
  readonly lonePicture: "text" | "turn";
  /**
   * The stretch of text that asks the tokenizer for special tokens (`<s>`), of those that pictures separate.
   * - `first`: the first that is not empty;
   * - `always`: the first, even where a picture leaves it empty;
   * - `never`: none, since the template writes them itself.
   */
  readonly special: "first" | "always" | "never";
  /** The marks that find the answers among tokens; absent: the rendered text's `answers` do. */
  readonly marks?: TurnMarks;
  /**
   * Renders turns, which hold `<ImageHere>` for each picture, as a text that holds `placeholder`s.
   * @param learnt which turns are learnt; absent: the assistant's
   * @param tools the tools that the model may call, as JSON schemas; absent: none
   */
  render(turns: readonly Turn[], learnt?: readonly boolean[], tools?: readonly unknown[]): Rendered;
}

/** The turns' own texts, one to a line, with `<ImageHere>` for each picture: no model's text. */
export const plainText: Template = {
  name: "plain",
  placeholder: "<ImageHere>",
  lonePicture: "turn",
  special: "first",
  render: (turns) => ({ text: turns.map(({ value }) => value).join("\n"), answers: [] }),
};

/**
 * Requires turns, each with its speaker and its text.
 * @throws {VitrailError} `usage` for anything else.
 */
export function requireTurns(turns: readonly Turn[]): void {
  requireObjects("a conversation's turns", turns, `{ from: "human", value: "Hi" }`);
  for (const [index, { from, value }] of turns.entries()) {
    requireGiven(`turn ${index + 1}: from`, from, "a text");
    requireGiven(`turn ${index + 1}: value`, value, "a text");
  }
}

/** Returns which turns are the assistant's. */
export function assistantTurns(turns: readonly Turn[]): boolean[] {
  return turns.map((turn) => roleOf(turn) === "assistant");
}

/** The speakers that are tools. */
const TOOLS = ["tool", "function", "observation", "tool_response", "ipython"];

/**
 * Returns the speaker of a turn: `human` or `user` in any case is the human, `system` the system, `tool`,
 * `observation` and the like a tool, and anything else the assistant. InternLM-XComposer's `conv2text` takes
 * a system's or a tool's turn for one of the model's, to be learnt; here it is theirs.
 */
export function roleOf({ from }: Turn): Role {
  const name = from.toLowerCase();
  if (name === "human" || name === "user") return "human";
  if (TOOLS.includes(name)) return "tool";
  return name === "system" ? "system" : "assistant";
}

/** The tools and the calls of a conversation. */
export interface ToolUse {
  /** The tools that the model may call; absent: none. */
  readonly tools?: Sample["tools"];
  /** The calls of each turn, in order. */
  readonly calls: readonly (readonly ToolCall[])[];
}

/** The most kinds of conversations, by tools and turns' structure, that are kept for a template. */
const KNOWN = 1000;

/** The kinds of conversations whose tools and calls a template writes. */
const WRITTEN = new WeakMap<object, Set<string>>();

/**
 * Checks that a template writes each tool of a sample, and each call. It does where a mark in the place of
 * the name is in its text, or where the text differs without the tool or the call. A template is asked once
 * for equal tools and turns of one structure.
 * @param write writes the sample's conversation with other tools and calls
 * @throws {VitrailError} `dataset` where a template leaves one out, as those do that know no tools.
 */
export function requireToolsWritten(
  { tools = [], conversations }: Pick<Sample, "tools" | "conversations">,
  write: (use: ToolUse) => string,
  template: { readonly name: string },
  where: string,
): void {
  const calls = conversations.map(({ fields }) => fields?.tool_calls ?? []);
  if (tools.length + calls.flat().length === 0) return;
  const turns = conversations.map(({ from, value }, index) => [from, value === "", calls[index].length]);
  const key = JSON.stringify([tools, turns]), known = WRITTEN.get(template) ?? new Set();
  if (known.has(key)) return;
  const unwritten = unwrittenOf({ tools, calls }, write);
  if (unwritten !== undefined) {
    throw new VitrailError(
      "dataset",
      `${where}: the template ${template.name} does not write ${unwritten}; give a --template that does`,
    );
  }
  if (known.size === KNOWN) known.clear();
  WRITTEN.set(template, known.add(key));
}

/** Returns the first tool or call, in words, that is not written; undefined where all are. */
function unwrittenOf(
  { tools = [], calls }: ToolUse,
  write: (use: ToolUse) => string,
): string | undefined {
  const textOf = (use: ToolUse) => {
    try {
      return write({ ...use, tools: use.tools?.length ? use.tools : undefined });
    } catch (error) {
      // It looks at what it was given.
      if (error instanceof VitrailError && error.code === "dataset") return undefined;
      throw error;
    }
  };
  const mark = (number: number) => `\uE000${number}\uE001`;
  let next = 0;
  const whole = textOf({ tools, calls }),
    marked = textOf({
      tools: tools.map((tool) => renamed(tool, mark(next++))),
      calls: calls.map((own) => own.map((call) => renamed(call, mark(next++)))),
    });
  const pieces = [
    ...tools.map((tool, at) => {
      return { what: "tool", own: tool.function, without: { tools: tools.toSpliced(at, 1), calls } };
    }),
    ...calls.flatMap((own, turn) =>
      own.map((call, at) => {
        const without = { tools, calls: calls.with(turn, own.toSpliced(at, 1)) };
        return { what: "call of", own: call.function, without };
      })
    ),
  ];
  const lost = pieces.find(({ without }, number) =>
    !marked?.includes(mark(number)) && textOf(without) === whole
  );
  return lost && `the ${lost.what} ${JSON.stringify((lost.own as { name?: string } | undefined)?.name)}`;
}

/** Returns a tool or a call with another name. */
function renamed<T extends { readonly function?: unknown }>(own: T, name: string): T {
  return { ...own, function: { ...own.function as object, name } };
}

/** Returns a message, or a turn's fields, with other calls. */
export function withCalls<T extends MessageFields>(message: T, calls: readonly ToolCall[]): T {
  const { tool_calls: _, ...others } = message;
  return (calls.length > 0 ? { ...others, tool_calls: calls } : others) as T;
}
