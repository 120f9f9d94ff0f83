import { type LaunchedPart, launchedPart, type Variables } from "../../../cluster/array/launchers.ts";
import { VitrailError } from "../../../errors.ts";
import type { Part } from "../../../sft/set/set_plan.ts";
import type { Arguments, Flag } from "../arguments.ts";

/** The value of `--shard` that is one part: the whole. */
const WHOLE = "1/1";

/** The flag that says which part of a set is made. */
export const SHARD_FLAG: Flag = {
  name: "shard",
  value: "I/N",
  default: WHOLE,
  examples: ["auto"],
  text:
    "make every N-th shard only, from the I-th on; auto takes I and N from Slurm's arrays, torchrun, MPI " +
    "or srun, and auto/N from Kubernetes' indexed Jobs, too; an array that makes some parts again needs " +
    "auto/N, since Slurm counts its tasks alone; vitrail merge joins the N parts",
};

/** A part that was asked for, and what says that it is this process's where that was asked of it. */
export interface AskedPart {
  readonly part: Part;
  /** The launcher; absent where the part was named. */
  readonly launched?: LaunchedPart;
}

/**
 * Returns the part of the set that `--shard` asks for.
 * @throws {VitrailError} `usage` for a bad value; as {@linkcode launchedPart} for `auto`.
 */
export function partOf(args: Arguments, variables: Variables): AskedPart {
  const text = args.text("shard")!, auto = /^auto(?:\/([1-9]\d*))?$/.exec(text);
  if (auto !== null) {
    const launched = launchedPart(variables, auto[1] === undefined ? undefined : Number(auto[1]));
    return { part: launched.part, launched };
  }
  const [, i, n] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? [];
  if (n !== undefined && Number(i) <= Number(n)) return { part: [Number(i), Number(n)] };
  throw new VitrailError("usage", `--shard is one of N parts, such as 2/4, or auto, found "${text}"`);
}

/**
 * Returns how many parts a launch has whose file is printed; undefined where `--shard` does not say.
 * @throws {VitrailError} `usage` for a value that is one part of several.
 */
export function partsOf(args: Arguments): number | undefined {
  const text = args.text("shard")!, [, n] = /^auto\/([1-9]\d*)$/.exec(text) ?? [];
  if (n !== undefined) return Number(n);
  if (text === WHOLE || text === "auto") return undefined;
  throw new VitrailError(
    "usage",
    `--print writes a launch of all parts: give --shard auto/N, found --shard "${text}"`,
  );
}

/** Returns a line that says which part a launcher gave. */
export function launchedText({ part: [i, n], launcher, from }: LaunchedPart): string {
  return `part ${i} of ${n}, by ${launcher} (${from})`;
}
