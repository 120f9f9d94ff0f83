import { nearestText } from "../../given/nearest_text.ts";
import { fieldMisfit, listOfTurns, type MessageFields, type Sample, type Turn } from "../data/sample.ts";
import type { Role } from "../text/template.ts";
import type { RecordPlace } from "./values/picture_values.ts";
import { callsInText, functionCall, toolCalls, toolList } from "./values/tool_calls.ts";

/** One turn of a record, before its pictures have their places. */
export interface RecordTurn {
  readonly role: Role;
  readonly text: string;
  /** The field that it stands in, for messages. */
  readonly field: string;
  /** As in a sample's turns. */
  readonly fields?: MessageFields;
  /** As in a sample's turns. */
  readonly learnt?: false;
}

/** Returns a turn of a record as a sample has it, with the text that it has there. */
export function sampleTurn({ role, fields, learnt }: RecordTurn, value: string): Turn {
  return { from: FROM[role], value, ...(fields && { fields }), ...(learnt === false && { learnt }) };
}

/** The speakers of data sets, in lower case. */
const SPEAKERS: Readonly<Record<string, Role>> = {
  human: "human",
  user: "human",
  gpt: "assistant",
  assistant: "assistant",
  bot: "assistant",
  model: "assistant",
  chatgpt: "assistant",
  system: "system",
  developer: "system",
  tool: "tool",
  function: "tool",
  observation: "tool",
  tool_response: "tool",
  ipython: "tool",
};

/** The speakers of the model's calls, whose texts are JSON. */
const CALLERS = ["function_call", "tool_call"];

/** The fields of messages that templates read, and that are texts. */
const TEXT_FIELDS = ["tool_call_id", "name", "reasoning_content"] as const;

/** The fields of a turn that are read beside its speaker and its text. */
export const TURN_FIELDS: readonly string[] = [
  "tool_calls",
  "function_call",
  ...TEXT_FIELDS,
  "weight",
  "loss",
];

/** The names of speakers in samples. */
const FROM: Readonly<Record<Role, string>> = {
  human: "human",
  assistant: "gpt",
  system: "system",
  tool: "tool",
};

/**
 * Returns the turns of a field, each an object of a speaker and a text. Calls belong to the model's turn
 * before them, where {@linkcode addCalls} joins them, and are a turn of the model's own elsewhere.
 * @param nameOf the name of each turn in messages
 * @throws {VitrailError} `dataset`, with the field, for what is no such list.
 */
export function turnsIn(
  record: Readonly<Record<string, unknown>>,
  [list, speaker, text]: readonly [list: string, speaker: string, text: string],
  place: RecordPlace,
  nameOf = (index: number): string => `${list}[${index}]`,
): RecordTurn[] {
  const turns: RecordTurn[] = [];
  for (const [index, turn] of listOfTurns(record[list], place.where, list).entries()) {
    const field = nameOf(index);
    if (typeof turn !== "object" || turn === null || Array.isArray(turn)) {
      throw fieldMisfit(place.where, field, turn, `a turn, {"${speaker}": …, "${text}": …}`);
    }
    const message = turn as Readonly<Record<string, unknown>>, { [speaker]: from, [text]: value } = message;
    const own = `${field}.${text}`, fields = messageFields(message, field, place);
    const words = fields?.tool_calls && (value === undefined || value === null) ? "" : value;
    if (typeof words !== "string") throw fieldMisfit(place.where, own, value, "a text");
    const said = {
      text: words,
      field: own,
      ...(fields && { fields }),
      ...learntOf(message, field, place.where),
    };
    if (isCaller(from)) addCalls(turns, said, place);
    else turns.push({ role: roleNamed(from, `${field}.${speaker}`, place.where), ...said });
  }
  return turns;
}

/**
 * Returns the fields of a message that templates read, beside its speaker and its content; undefined where it
 * has none.
 * @throws {VitrailError} `dataset` for one that is not as it should be.
 */
export function messageFields(
  message: Readonly<Record<string, unknown>>,
  field: string,
  place: RecordPlace,
): MessageFields | undefined {
  const listed = toolCalls(message.tool_calls, `${field}.tool_calls`, place),
    older = `${field}.function_call`;
  const one = functionCall(message.function_call, older, place), calls = [...listed, ...one];
  if (listed.length > 0 && one.length > 0) {
    throw fieldMisfit(place.where, older, message.function_call, "none beside tool_calls");
  }
  const texts = TEXT_FIELDS.flatMap((name) => {
    const { [name]: value } = message;
    if (value === undefined || value === null || value === "") return [];
    if (typeof value === "string") return [[name, value] as const];
    throw fieldMisfit(place.where, `${field}.${name}`, value, "a text");
  });
  if (calls.length === 0 && texts.length === 0) return undefined;
  return { ...(calls.length > 0 && { tool_calls: calls }), ...Object.fromEntries(texts) };
}

/**
 * Returns what a message says about being learnt: OpenAI's `weight` of 0, and ms-swift's `loss` of false.
 * @throws {VitrailError} `dataset` for another weight than 0 or 1, and for a `loss` that is no truth value.
 */
export function learntOf(
  { weight, loss }: Readonly<Record<string, unknown>>,
  field: string,
  where: string,
): Pick<RecordTurn, "learnt"> {
  const weights: unknown[] = [undefined, null, 0, 1, 0n, 1n];
  if (!weights.includes(weight)) throw fieldMisfit(where, `${field}.weight`, weight, "0 or 1");
  if (![undefined, null, true, false].includes(loss as null)) {
    throw fieldMisfit(where, `${field}.loss`, loss, "true or false");
  }
  return loss === false || weight === 0 || weight === 0n ? { learnt: false } : {};
}

/** Returns whether a record's name of a speaker says that the turn is a call of a tool. */
export function isCaller(name: unknown): boolean {
  return typeof name === "string" && CALLERS.includes(name.toLowerCase());
}

/**
 * Adds a turn whose text is calls: to the model's turn before it, where both are learnt or both are not and
 * the calls have no thoughts or names of their own, and as a turn of the model's elsewhere.
 * @throws {VitrailError} `dataset`, with the field, for a text that is no call.
 */
export function addCalls(turns: RecordTurn[], turn: Omit<RecordTurn, "role">, place: RecordPlace): void {
  const { words, calls } = callsInText(turn.text, turn.field, place);
  const { tool_calls: own = [], ...others } = turn.fields ?? {};
  const before = turns.at(-1), alone = Object.keys(others).length === 0;
  const joined = alone && before?.role === "assistant" && before.learnt === turn.learnt;
  const last: RecordTurn = joined ? turns.pop()! : { ...turn, role: "assistant", text: "", fields: others };
  const tool_calls = [...(last.fields?.tool_calls ?? []), ...own, ...calls];
  turns.push({ ...last, text: last.text + words, fields: { ...last.fields, tool_calls } });
}

/**
 * Returns the speaker that a record names.
 * @throws {VitrailError} `dataset` for an unknown one.
 */
export function roleNamed(name: unknown, field: string, where: string): Role {
  const known = Object.keys(SPEAKERS);
  if (typeof name === "string" && known.includes(name.toLowerCase())) return SPEAKERS[name.toLowerCase()];
  const nearest = typeof name === "string" && name.length < 40 ? nearestText(name, known) : "";
  throw fieldMisfit(where, field, name, `human, user, gpt, assistant, system or tool${nearest}`);
}

/**
 * Returns a record's `tools`, where it has some.
 * @throws {VitrailError} `dataset` for what is no list of tools.
 */
export function toolsOf(
  { tools }: Readonly<Record<string, unknown>>,
  place: RecordPlace,
): Pick<Sample, "tools"> {
  const list = toolList(tools, place);
  return list.length > 0 ? { tools: list } : {};
}

/**
 * Returns a record's `system` text as a turn before the others; none where it is absent or empty.
 * @throws {VitrailError} `dataset` for one that is no text.
 */
export function systemTurn(
  { system }: Readonly<Record<string, unknown>>,
  { where }: RecordPlace,
): RecordTurn[] {
  if (system === undefined || system === null || system === "") return [];
  if (typeof system !== "string") throw fieldMisfit(where, "system", system, "a text");
  return [{ role: "system", text: system, field: "system" }];
}

/** A value of a record that is to be a turn's text. */
interface FieldText {
  readonly text: unknown;
  readonly field: string;
}

/**
 * Returns a question and its answer as turns.
 * @throws {VitrailError} `dataset`, with the field, for one that is no text.
 */
export function answeredTurns(asked: FieldText, answered: FieldText, where: string): RecordTurn[] {
  const turn = ({ text, field }: FieldText, role: Role): RecordTurn => {
    if (typeof text === "string") return { role, text, field };
    throw fieldMisfit(where, field, text, "a text");
  };
  return [turn(asked, "human"), turn(answered, "assistant")];
}

/**
 * Returns the turns of a `history`, a list of questions and answers; none where it is absent.
 * @throws {VitrailError} `dataset` for what is no such list.
 */
export function historyTurns(history: unknown, where: string): RecordTurn[] {
  if (history === undefined || history === null) return [];
  if (!Array.isArray(history)) throw fieldMisfit(where, "history", history, "a list of [query, response]");
  return history.flatMap((pair, index) => {
    const field = `history[${index}]`;
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw fieldMisfit(where, field, pair, "a pair, [query, response]");
    }
    const [text, answer] = pair;
    return answeredTurns({ text, field: `${field}[0]` }, { text: answer, field: `${field}[1]` }, where);
  });
}
