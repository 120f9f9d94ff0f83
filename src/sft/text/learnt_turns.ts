import { shown, VitrailError } from "../../errors.ts";
import type { Turn } from "../data/sample.ts";
import { type Role, roleOf } from "./template.ts";

/**
 * The turns that a model learns to write.
 * - a list of roles: all turns of these;
 * - `last`: the last answer alone;
 * - `all`: every token of the text, the heads of turns among them.
 *
 * Turns that the data set excepts, by `weight` or `loss` or as a prompt, are never learnt.
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

/**
 * Requires what says which turns are learnt.
 * @throws {VitrailError} `usage` for anything else.
 */
export function requireLearn(learn: unknown): void {
  const roles = Object.values(ROLES);
  if (learn === "last" || learn === "all") return;
  if (Array.isArray(learn) && learn.every((role) => roles.includes(role))) return;
  throw new VitrailError(
    "usage",
    `learn is "last", "all", or a list of ${roles.join(", ")}, found ${shown(learn)}`,
  );
}

/**
 * Checks that something of a conversation is learnt: a batch of nothing has no loss.
 * @throws {VitrailError} `dataset`, naming the sample, where no turn is.
 */
export function requireLearnt(turns: readonly Turn[], learn: Learn, where: string): void {
  if (learntTurns(turns, learn).includes(true)) return;
  const names = Object.keys(ROLES).filter((name) => learn.includes(ROLES[name]));
  const own = typeof learn === "string" ? learn : names.join(",");
  const isExcepted = learntTurns(turns.map(({ from, value }) => ({ from, value })), learn).includes(true);
  const by = [...new Set(turns.map(({ from }) => from))].join(", ");
  throw new VitrailError(
    "dataset",
    `${where}: nothing is learnt: ` +
      (isExcepted
        ? `its data set excepts each turn that --learn ${own} takes`
        : `its turns are by ${by}, and --learn ${own} takes none of them`),
  );
}

/** Returns which of a conversation's turns are learnt: none that its data set excepts. */
export function learntTurns(turns: readonly Turn[], learn: Learn): boolean[] {
  const roles = turns.map(roleOf), last = roles.lastIndexOf("assistant");
  return turns.map(({ learnt }, index) =>
    learnt !== false &&
    (learn === "all" || (learn === "last" ? index === last : learn.includes(roles[index])))
  );
}

/**
 * Returns the turns whose places in a text say what is learnt: those that are. Where all of the text is, the
 * turns that the data set excepts.
 */
export function spannedTurns(turns: readonly Turn[], learn: Learn): boolean[] {
  return learn === "all" ? turns.map(({ learnt }) => learnt === false) : learntTurns(turns, learn);
}
