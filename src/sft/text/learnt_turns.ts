import { VitrailError } from "../../errors.ts";
import type { Turn } from "../data/sample.ts";
import { type Role, roleOf } from "./template.ts";

/**
 * The turns that a model learns to write.
 * - a list of roles: all turns of these;
 * - `last`: the last answer alone;
 * - `all`: every token of the text, the heads of turns among them.
 */
export type Learn = readonly Role[] | "last" | "all";

/** The roles by the names that chat templates give them. */
const ROLES: Readonly<Record<string, Role>> = {
  assistant: "assistant",
  user: "human",
  system: "system",
  tool: "tool",
};

/**
 * Returns what a text such as `assistant,user`, `last` or `all` says is learnt.
 * @param name the option's name in messages
 * @throws {VitrailError} `usage` for any other text.
 */
export function learnNamed(text: string, name: string): Learn {
  if (text === "last" || text === "all") return text;
  const roles = text.split(",").map((role) => ROLES[role.trim()]);
  if (!roles.includes(undefined!)) return [...new Set(roles)];
  throw new VitrailError(
    "usage",
    `${name} is all, last, or some of ${Object.keys(ROLES).join(", ")} with commas between, found "${text}"`,
  );
}

/** Returns which of a conversation's turns are learnt. */
export function learntTurns(turns: readonly Turn[], learn: Learn): boolean[] {
  const roles = turns.map(roleOf);
  if (learn === "all") return roles.map(() => true);
  if (learn === "last") return roles.map((_, index) => index === roles.lastIndexOf("assistant"));
  return roles.map((role) => learn.includes(role));
}
