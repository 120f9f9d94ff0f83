import { VitrailError } from "../../errors.ts";
import { fieldMisfit, listOfTurns } from "../data/sample.ts";
import type { Role } from "../text/template.ts";
import type { RecordPlace } from "./picture_values.ts";

/** One turn of a record, before its pictures have their places. */
export interface RecordTurn {
  readonly role: Role;
  readonly text: string;
  /** The field that it stands in, for messages. */
  readonly field: string;
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

/** The speakers of calls apart from the model's words, which a template writes in the model's own form. */
const CALLS = ["function_call", "tool_call"];

/** Returns what turns are called by their speaker in samples. */
export const FROM: Readonly<Record<Role, string>> = {
  human: "human",
  assistant: "gpt",
  system: "system",
  tool: "tool",
};

/**
 * Returns the turns of a field, each an object of a speaker and a text.
 * @throws {VitrailError} `dataset`, with the field, for what is no such list.
 */
export function turnsIn(
  record: Readonly<Record<string, unknown>>,
  [list, speaker, text]: readonly [list: string, speaker: string, text: string],
  place: RecordPlace,
): RecordTurn[] {
  return listOfTurns(record[list], place.where, list).map((turn, index) => {
    const field = `${list}[${index}]`;
    if (typeof turn !== "object" || turn === null || Array.isArray(turn)) {
      throw fieldMisfit(place.where, field, turn, `a turn, {"${speaker}": …, "${text}": …}`);
    }
    const { [speaker]: from, [text]: value } = turn as Record<string, unknown>;
    if (typeof value !== "string") throw fieldMisfit(place.where, `${field}.${text}`, value, "a text");
    return {
      role: roleNamed(from, `${field}.${speaker}`, place.where),
      text: value,
      field: `${field}.${text}`,
    };
  });
}

/**
 * Returns the speaker that a record names.
 * @throws {VitrailError} `dataset` for an unknown one, and for a call of a tool.
 */
export function roleNamed(name: unknown, field: string, where: string): Role {
  const role = typeof name === "string" ? SPEAKERS[name.toLowerCase()] : undefined;
  if (role !== undefined) return role;
  if (typeof name === "string" && CALLS.includes(name.toLowerCase())) {
    throw new VitrailError(
      "dataset",
      `${where}: ${field} is ${
        JSON.stringify(name)
      }; calls of tools are not read yet, but as the model's words`,
    );
  }
  throw fieldMisfit(where, field, name, "human, user, gpt, assistant, system or tool");
}

/**
 * Returns a record's `system` text as a turn before the others; none where it is absent or empty.
 * @throws {VitrailError} `dataset` for one that is no text, and for a record that has `tools`.
 */
export function systemTurn(
  { system, tools }: Readonly<Record<string, unknown>>,
  { where }: RecordPlace,
): RecordTurn[] {
  const hasTools = tools !== undefined && tools !== null && tools !== "" && tools !== "[]";
  if (hasTools && !(Array.isArray(tools) && tools.length === 0)) {
    throw fieldMisfit(where, "tools", tools, "none: tools are not read yet");
  }
  if (system === undefined || system === null || system === "") return [];
  if (typeof system !== "string") throw fieldMisfit(where, "system", system, "a text");
  return [{ role: "system", text: system, field: "system" }];
}
