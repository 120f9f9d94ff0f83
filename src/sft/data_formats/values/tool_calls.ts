import { fieldMisfit, type ToolCall } from "../../data/sample.ts";
import { isRecord, parsedJson, plainValue, unkeptIn } from "./json_values.ts";
import type { RecordPlace } from "./picture_values.ts";

/** The form of calls, in messages. */
const CALL = '{"name": …, "arguments": {…}}';

/**
 * Returns the calls of a message's `tool_calls`, as chat templates take them. Arguments that are JSON in a
 * text, as OpenAI writes them, become the object that they are, which templates expect.
 * A number such as 50.0 is 50 there, since JavaScript does not tell them apart; Python writes 50.0. What else
 * JavaScript would change is refused.
 * Source: transformers `docs/source/en/chat_extras.md`.
 * @throws {VitrailError} `dataset`, with the field, for what is no list of calls.
 */
export function toolCalls(given: unknown, field: string, { where, table }: RecordPlace): ToolCall[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw fieldMisfit(where, field, given, `a list of calls, [${CALL}, …]`);
  requireKept(given, field, where);
  const calls = plainValue(given, table) as unknown[];
  return calls.map((call, index) => toolCall(call, `${field}[${index}]`, where));
}

/**
 * Returns the one call of a message's `function_call`, as OpenAI wrote calls before `tool_calls`; none where
 * it is absent. It may be JSON in a text.
 * @throws {VitrailError} `dataset`, with the field, for what is no call.
 */
export function functionCall(given: unknown, field: string, { where, table }: RecordPlace): ToolCall[] {
  if (given === undefined || given === null || given === "") return [];
  const call = typeof given === "string"
    ? parsedJson(given, field, where) ?? given
    : plainValue(given, table);
  return [toolCall(call, field, where)];
}

/**
 * Returns the calls that the text of a turn is: the JSON of one, or of a list. Thoughts may go before it.
 * Sources: LLaMA-Factory `data/formatter.py`, `FunctionFormatter`; ms-swift `agent_template/base.py`.
 * @throws {VitrailError} `dataset`, with the field, where it is something else.
 */
export function callsInText(
  text: string,
  field: string,
  { where }: RecordPlace,
): { words: string; calls: ToolCall[] } {
  const [words] = /^\s*<think>.*?<\/think>\s*/s.exec(text) ?? [""];
  const value = parsedJson(text.slice(words.length), field, where);
  const calls = Array.isArray(value) ? value : [value];
  if (value === undefined || calls.length === 0) {
    throw fieldMisfit(where, field, text, `the JSON of a call, ${CALL}, or of a list of them`);
  }
  return {
    words,
    calls: calls.map((call, index) => toolCall(call, calls === value ? `${field}[${index}]` : field, where)),
  };
}

/**
 * Returns a record's tools, as chat templates take them. They are a list or the JSON of one. A tool without
 * the wrapping `{"type": "function", "function": …}` gets it.
 * @throws {VitrailError} `dataset` for what is no list of tools.
 */
export function toolList(
  value: unknown,
  { where, table }: RecordPlace,
): Readonly<Record<string, unknown>>[] {
  if (value === undefined || value === null || value === "") return [];
  requireKept(value, "tools", where);
  const list = typeof value === "string" ? parsedJson(value, "tools", where) : plainValue(value, table);
  requireKept(list, "tools", where);
  if (!Array.isArray(list)) throw fieldMisfit(where, "tools", value, "a list of tools, or the JSON of one");
  return list.map((item, index) => {
    const tool = typeof item === "string" ? parsedJson(item, `tools[${index}]`, where) : item;
    requireKept(tool, `tools[${index}]`, where);
    const { function: own = tool } = (tool ?? {}) as { function?: { name?: unknown } };
    if (isRecord(own) && typeof own.name === "string" && own.name !== "") {
      return own === tool ? { type: "function", function: tool } : tool;
    }
    throw fieldMisfit(where, `tools[${index}]`, item, 'a tool, {"name": …, "parameters": {…}}');
  });
}

function toolCall(value: unknown, field: string, where: string): ToolCall {
  const call = (value ?? {}) as { id?: unknown; function?: unknown };
  const own = isRecord(call.function) ? call.function : value,
    at = own === value ? field : `${field}.function`;
  const { name, arguments: given } = (isRecord(own) ? own : {}) as { name?: unknown; arguments?: unknown };
  if (typeof name !== "string" || name === "") throw fieldMisfit(where, at, own, `a call, ${CALL}`);
  const text = typeof given === "string" ? given.trim() : undefined;
  const args = text === undefined
    ? given ?? {}
    : text === ""
    ? {}
    : parsedJson(text, `${at}.arguments`, where);
  if (!isRecord(args)) {
    throw fieldMisfit(where, `${at}.arguments`, given, "an object of arguments, or the JSON of one");
  }
  requireKept(args, `${at}.arguments`, where);
  const { id } = call;
  if (id !== undefined && id !== null && typeof id !== "string") {
    throw fieldMisfit(where, `${field}.id`, id, "a text");
  }
  return {
    ...(typeof id === "string" && { id }),
    type: "function",
    function: { name, arguments: args },
  };
}

/**
 * Checks that a value is written as the data set has it.
 * @throws {VitrailError} `dataset`, with the field, for a number or a name that JavaScript changes.
 */
function requireKept(value: unknown, field: string, where: string): void {
  const unkept = unkeptIn(value);
  if (unkept) throw fieldMisfit(where, field + unkept.path, unkept.found, unkept.expected);
}
