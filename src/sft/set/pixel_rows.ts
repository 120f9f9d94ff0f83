import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import type { Tensor } from "../../engine/results/tensor.ts";
import { type ErrorCode, VitrailError } from "../../errors.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { joinedPlan } from "../../plan/images/joined_plan.ts";
import type { PictureFile } from "../data/picture_files.ts";
import { bytesOfUnit, storedDtypeOf, type Unit } from "./unit.ts";

/** The most units in a group: those that one call of the engine computes. */
const UNITS_A_GROUP = 16;

/** The most groups that are under way at one time. */
const GROUPS_AT_ONCE = 3;

/** The share of the engine's memory that one group's rows may take. */
const MEMORY_SHARE = 1 / 16;

/** The errors that are a picture's own, or its file's, and not the machine's. */
const PICTURE_ERRORS: readonly ErrorCode[] = ["decode", "io", "limit", "shape"];

/** A function that gives the engine a picture of a set. */
export type PictureSource = (picture: PictureFile) => string | Promise<Uint8Array>;

/** The rows that are made, and how pictures are read. */
interface RowOptions extends Pick<RunOptions, "orient" | "alpha" | "maxPixels"> {
  /** The output that they are of. */
  readonly output: string;
  /** The element type of the set. */
  readonly dtype: Dtype;
}

/** The errors of units that could not be made. */
export type Failures = Map<Unit, VitrailError>;

/**
 * Yields the bytes of units' rows of one output, in order, a group of units at a time, in bounded memory. A
 * few groups are decoded, computed and read back ahead of the one that is asked for.
 *
 * No bytes follow a failure. With `tryAll`, the other units are tried all the same and every one that fails
 * is added to `failures`, since a caller who leaves them out begins again.
 *
 * @throws {VitrailError} the first failure, with `tryAll` once all units were tried; `device` where the GPU
 * fails.
 */
export async function* pixelRows(
  engine: Engine,
  units: readonly Unit[],
  options: RowOptions,
  { pictureOf, failures, tryAll, onUnits }: {
    /** Returns a picture as the engine takes it: its path, or its bytes with its name. */
    pictureOf: PictureSource;
    /** Gets the units that fail. */
    failures: Failures;
    /** True goes on after a failure, to find all of them. */
    tryAll: boolean;
    /** Called with units that were just tried. */
    onUnits?: (units: readonly Unit[]) => void;
  },
): AsyncGenerator<Uint8Array> {
  const underWay: { group: Unit[]; made: Promise<Tensor | undefined> }[] = [];
  try {
    const groups = groupsOf(units, options, engine.memory * MEMORY_SHARE);
    for (let next = 0; next < groups.length || underWay.length > 0;) {
      while (next < groups.length && underWay.length < GROUPS_AT_ONCE) {
        const group = groups[next++], made = make(engine, group, options, failures, pictureOf);
        made.catch(() => {}); // thrown when it is awaited below
        underWay.push({ group, made });
      }
      const { group, made } = underWay.shift()!;
      using rows = await made;
      if (failures.size === 0) yield await rows!.bytes();
      else if (!tryAll) break;
      onUnits?.(group);
    }
  } finally {
    for (const left of await Promise.allSettled(underWay.map(({ made }) => made))) {
      if (left.status === "fulfilled") left.value?.dispose();
    }
  }
  if (failures.size > 0) throw failures.values().next().value;
}

/**
 * Groups neighbours of one recipe and one kind of rows, which take at most `bytes` together. A clip is a
 * group of its own.
 */
function groupsOf(units: readonly Unit[], { output, dtype }: RowOptions, bytes: number): Unit[][] {
  const groups: Unit[][] = [];
  let room = 0;
  for (const unit of units) {
    const group = groups.at(-1), own = bytesOfUnit(unit, dtype, output);
    if (group && group.length < UNITS_A_GROUP && own <= room && areAlike(group[0], unit, output)) {
      group.push(unit);
      room -= own;
    } else {
      groups.push([unit]);
      room = bytes - own;
    }
  }
  return groups;
}

/** Returns whether two units of a picture each are of one recipe, and fill rows of one kind. */
function areAlike(a: Unit, b: Unit, output: string): boolean {
  return a.files.length === 1 && b.files.length === 1 && a.recipe === b.recipe &&
    JSON.stringify(a.kinds[output]) === JSON.stringify(b.kinds[output]);
}

/**
 * Makes the rows of a group. Where that fails for a picture, each unit is made alone, to find those that
 * fail, and the result is undefined.
 */
async function make(
  engine: Engine,
  group: Unit[],
  options: RowOptions,
  failures: Failures,
  pictureOf: PictureSource,
): Promise<Tensor | undefined> {
  const { output, dtype: set, ...reading } = options, [{ recipe, kinds }] = group;
  const kind = { ...kinds[output], dtype: storedDtypeOf(kinds[output], set) };
  try {
    const pictures = await Promise.all(group.flatMap(({ files }) => files).map(pictureOf));
    const plan = joinedPlan(recipe, group, output, kind);
    return (await engine.runPlan(plan, pictures, reading))[output];
  } catch (error) {
    if (!(error instanceof VitrailError) || !PICTURE_ERRORS.includes(error.code)) throw error;
    if (group.length === 1) failures.set(group[0], error);
    else for (const unit of group) (await make(engine, [unit], options, failures, pictureOf))?.dispose();
    return undefined;
  }
}
