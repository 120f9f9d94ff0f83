import { VitrailError } from "../../errors.ts";
import type { Part } from "../../sft/set/set_plan.ts";

/** Returns an environment variable; undefined where it is not set, or may not be read. */
export type Variables = (name: string) => string | undefined;

/** A part of a set, and the reason why it is this process's. */
export interface LaunchedPart {
  readonly part: Part;
  /** The launcher's name, for people. */
  readonly launcher: string;
  /** The variables that say it, with their values. */
  readonly from: string;
}

/** A program that starts processes, and tells each by its environment which of them it is. */
interface Launcher {
  /** Its name, for people. */
  readonly name: string;
  /** The variable that has the process's number. */
  readonly index: string;
  /** The variable that has the count of processes; where it is absent `partOf` finds the part. */
  readonly count?: string;
  /** True where it starts machines, on which another launcher may start the processes that count. */
  readonly outer?: true;
  /** Returns the part of a process; `parts` is the N of `--shard auto/N`. */
  readonly partOf?: (index: number, variables: Variables, parts?: number) => Part;
}

/** Every launcher that `--shard auto` knows. Numbers are counted from 0, but for those of Slurm's arrays. */
const LAUNCHERS: readonly Launcher[] = [
  { name: "Slurm's array", index: "SLURM_ARRAY_TASK_ID", partOf: partOfArray },
  { name: "Kubernetes' indexed Job", index: "JOB_COMPLETION_INDEX", outer: true, partOf: partOfJob },
  { name: "torchrun", index: "RANK", count: "WORLD_SIZE" },
  { name: "Open MPI", index: "OMPI_COMM_WORLD_RANK", count: "OMPI_COMM_WORLD_SIZE" },
  { name: "MPICH", index: "PMI_RANK", count: "PMI_SIZE" },
  { name: "Slurm's srun", index: "SLURM_PROCID", count: "SLURM_STEP_NUM_TASKS" },
];

/**
 * Returns the part of a set that the environment gives this process. A launcher of one process says nothing
 * where another says more: `srun` of one process in an array, say.
 *
 * @param parts the count of parts, where it was given beside `auto`; an array's ids are then 0 to N - 1, so
 * that some parts can be started again
 * @throws {VitrailError} `usage` where no launcher is found, where two disagree, where a variable is no
 * number, or where a count is not `parts`.
 */
export function launchedPart(variables: Variables, parts?: number): LaunchedPart {
  const asked = (outer: boolean) => {
    return LAUNCHERS.filter((launcher) => outer === (launcher.outer ?? false))
      .flatMap((launcher) => foundOf(launcher, variables, parts) ?? []);
  };
  const severalOf = (found: LaunchedPart[]) => found.filter(({ part: [, n] }) => n > 1);
  const inner = asked(false), several = severalOf(inner);
  if (several.length > 0) requireWithin(variables, several[0]);
  const all = several.length > 0 ? several : [...asked(true), ...inner];
  const more = severalOf(all), found = more.length > 0 ? more : all;
  if (found.length === 0) throw noneFound(variables);
  const other = found.find(({ part }) => part.join() !== found[0].part.join());
  if (other !== undefined) {
    const [a, b] = [found[0], other].map(({ part: [i, n], launcher, from }) =>
      `${launcher} gives part ${i} of ${n} (${from})`
    );
    throw refused(`${a}, and ${b}; say which by --shard I/N`);
  }
  const { part: [, n], launcher, from } = found[0];
  if (parts === undefined || parts === n) return found[0];
  throw refused(`--shard auto/${parts} is of ${parts} parts, and ${launcher} has ${n} (${from})`);
}

/** Refuses processes that are counted on each machine alone: some machine then has a number beyond them. */
function requireWithin(variables: Variables, { part: [, n], launcher, from }: LaunchedPart): void {
  for (const { outer, index, name } of LAUNCHERS) {
    if (!outer || variables(index) === undefined || numberIn(index, variables) < n) continue;
    throw refused(
      `${launcher} has ${n} processes (${from}), and ${name} more pods (${index}=${variables(index)}): ` +
        `have it count all pods' processes, or give --shard I/N`,
    );
  }
}

/** Returns what a launcher says; undefined where it did not start this process. */
function foundOf(
  { name: launcher, index, count, partOf }: Launcher,
  variables: Variables,
  parts?: number,
): LaunchedPart | undefined {
  if (variables(index) === undefined || (count && variables(count) === undefined)) return undefined;
  const own = numberIn(index, variables), from = `${index}=${own}`;
  if (partOf) return { part: partOf(own, variables, parts), launcher, from };
  const n = numberIn(count!, variables);
  if (own >= n) throw refused(`${index} is ${own}, and ${count} ${n}; numbers are counted from 0`);
  return { part: [own + 1, n], launcher, from: `${from}, ${count}=${n}` };
}

/** Returns the part of a task of Slurm's. Source: Slurm's manual of `sbatch`, its output variables. */
function partOfArray(id: number, variables: Variables, parts?: number): Part {
  const [least, most, step, count] = ["MIN", "MAX", "STEP", "COUNT"]
    .map((name) => numberIn(`SLURM_ARRAY_TASK_${name}`, variables));
  if (parts !== undefined) {
    if (most < parts) return [id + 1, parts];
    throw refused(
      `the array's ids are ${least} to ${most}, and --shard auto/${parts} takes 0 to ${parts - 1}: ` +
        `give sbatch --array=0-${parts - 1}, or --shard auto`,
    );
  }
  const place = (id - least) / step;
  if (count === (most - least) / step + 1 && Number.isInteger(place) && place >= 0 && place < count) {
    return [place + 1, count];
  }
  throw refused(
    `the array has ${count} tasks with ids from ${least} to ${most}, which have gaps that Slurm does not ` +
      `tell of: give --shard auto/N, which takes ids 0 to N - 1, some of them or all`,
  );
}

/** Returns the part of a pod of an indexed Job, which is not told how many there are. */
function partOfJob(index: number, _: Variables, parts?: number): Part {
  if (parts === undefined) {
    throw refused(
      `Kubernetes does not say how many pods its Job has (JOB_COMPLETION_INDEX=${index}); ` +
        `give --shard auto/N, where N is the Job's completions`,
    );
  }
  if (index < parts) return [index + 1, parts];
  throw refused(
    `JOB_COMPLETION_INDEX is ${index}, and --shard auto/${parts} takes 0 to ${parts - 1}; ` +
      `the Job's completions are to be ${parts}`,
  );
}

/** Returns a variable that is to be a whole number. */
function numberIn(name: string, variables: Variables): number {
  const text = variables(name) ?? "", value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw refused(`${name} is "${text}", which is no whole number from 0 on; give --shard I/N`);
}

/** The error for an environment of no launcher, with the variable that one of them lacks. */
function noneFound(variables: Variables): VitrailError {
  const half = LAUNCHERS.find(({ index, count }) => {
    return count !== undefined && (variables(index) === undefined) !== (variables(count) === undefined);
  });
  if (half === undefined) {
    const names = LAUNCHERS.map(({ index }) => index).join(", ");
    return refused(
      `--shard auto finds no launcher: none of ${names} is set, or may be read (--allow-env); ` +
        "give --shard I/N",
    );
  }
  const [set, unset] = [half.index, half.count!].sort((name) => variables(name) === undefined ? 1 : -1);
  return refused(
    `--shard auto finds no launcher: ${set} is set, and ${unset} is not; start it by ${half.name}, or give ` +
      `--shard I/N`,
  );
}

function refused(message: string): VitrailError {
  return new VitrailError("usage", message);
}
