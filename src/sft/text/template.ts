import { VitrailError } from "../../errors.ts";
import type { Sample, Turn } from "../data/sample.ts";

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

/**
 * Checks that a text holds the names of all tools of a sample, and of all calls.
 * @param template the template's name in messages
 * @throws {VitrailError} `dataset` where a template has left one out, as those do that know no tools.
 */
export function requireToolsWritten(
  { tools = [], conversations }: Pick<Sample, "tools" | "conversations">,
  text: string,
  template: string,
  where: string,
): void {
  const toolNames = tools.map((tool) => (tool.function as { name?: string } | undefined)?.name ?? "");
  const calls = conversations.flatMap(({ fields }) => fields?.tool_calls ?? []);
  const named = [
    ...toolNames.map((name) => ["tools", name]),
    ...calls.map((call) => ["calls of tools", call.function.name]),
  ];
  for (const [what, name] of named) {
    if (text.includes(name)) continue;
    throw new VitrailError(
      "dataset",
      `${where}: the template ${template} writes no ${what}: ${
        JSON.stringify(name)
      } is nowhere in its text; ` +
        "give a --template that does",
    );
  }
}
