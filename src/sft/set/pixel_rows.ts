import type { Engine } from "../../engine/engine.ts";
import { CHUNKS_A_LANE } from "../../engine/lanes/lanes.ts";
import type { RunOptions } from "../../engine/options.ts";
import type { Tensor } from "../../engine/results/tensor.ts";
import { type ErrorCode, VitrailError } from "../../errors.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { joinedPlan } from "../../plan/images/joined_plan.ts";
import type { PictureSource } from "../data/picture_source.ts";
import type { RowKind } from "../../plan/images/image_plan.ts";
import { NotLoaded } from "../../runtime/loaded.ts";
import { bytesOfUnit, storedDtypeOf, type Unit } from "./unit.ts";

/** The most units in a group: those that one call of the engine computes. */
const UNITS_A_GROUP = 16;

/** The least groups that are under way at one time. */
const GROUPS_AT_ONCE = 4;

/** The most bytes of a group of several units. Longer arrays would be fresh pages each time. */
const GROUP_BYTES = 2 ** 23;

/** The most of the engine's memory that they may be. */
const MEMORY_SHARE = 1 / 16;

/** The kinds of errors that are a picture's own, or its file's, and not the machine's. */
const PICTURE_ERRORS: readonly ErrorCode[] = ["decode", "io", "limit", "shape"];

/** The element type of rows that are made, and how pictures are read. */
export interface RowOptions
  extends Pick<RunOptions, "orient" | "alpha" | "maxPixels" | "maxBytes" | "damaged" | "signal"> {
  /** The element type of the set. */
  readonly dtype: Dtype;
}

/** The errors of units that could not be made. */
export type Failures = Map<Unit, VitrailError>;

/** The bytes of some units' rows, by output. */
export type MadeRows = Readonly<Record<string, Uint8Array>>;

/** The tries of a shard's units. */
export interface Tries {
  /** Returns a picture as the engine takes it: its path, or its bytes with its name. */
  readonly pictureOf: PictureSource;
  /** The units that failed; those that fail are added. */
  readonly failures: Failures;
  /** True goes on after a failure, to find all of them. */
  readonly tryAll: boolean;
  /** Called with units that were just tried. */
  readonly onUnits?: (units: readonly Unit[]) => void;
}

/**
 * Yields the bytes of units' rows, in order, a group of units at a time, in bounded memory. A few groups are
 * decoded, computed and read back ahead of the one that is asked for.
 *
 * A group's bytes are free once the next are asked for. No bytes follow a failure. With `tryAll`, the other
 * units are tried all the same and every one that fails is added to `failures`, since a caller who leaves
 * them out begins again.
 *
 * @throws {VitrailError} the first failure, with `tryAll` once all units were tried; at once `device`
 * where the GPU fails, and `io` where a part of Vitrail cannot be loaded.
 */
export async function* pixelRows(
  engine: Engine,
  units: readonly Unit[],
  options: RowOptions,
  { pictureOf, failures, tryAll, onUnits }: Tries,
): AsyncGenerator<MadeRows> {
  const underWay: { group: Unit[]; made: Promise<Made | undefined> }[] = [];
  try {
    const groups = groupsOf(units, options.dtype, Math.min(GROUP_BYTES, engine.memory * MEMORY_SHARE));
    const atOnce = Math.max(GROUPS_AT_ONCE, CHUNKS_A_LANE * engine.lanes + 1);
    for (let next = 0; next < groups.length || underWay.length > 0;) {
      while (next < groups.length && underWay.length < atOnce) {
        const group = groups[next++], made = make(engine, group, options, failures, pictureOf);
        made.catch(() => {}); // thrown when it is awaited below
        underWay.push({ group, made });
      }
      const { group, made } = underWay.shift()!;
      const rows = await made;
      try {
        if (failures.size === 0) yield await bytesOf(rows!);
        else if (!tryAll) break;
      } finally {
        dispose(rows);
      }
      onUnits?.(group);
    }
  } finally {
    for (const left of await Promise.allSettled(underWay.map(({ made }) => made))) {
      if (left.status === "fulfilled") dispose(left.value);
    }
  }
  if (failures.size > 0) throw failures.values().next().value;
}

/** The tensors of a group's rows, by output. */
type Made = Readonly<Record<string, Tensor>>;

function dispose(made: Made = {}): void {
  for (const tensor of Object.values(made)) tensor.dispose();
}

async function bytesOf(made: Made): Promise<MadeRows> {
  const bytes = Object.entries(made).map(async ([output, rows]) => [output, await rows.bytes()] as const);
  return Object.fromEntries(await Promise.all(bytes));
}

/**
 * Groups neighbours of one recipe whose rows of an output are of one kind, which take at most `bytes`
 * together. A clip is a group of its own.
 */
function groupsOf(units: readonly Unit[], dtype: Dtype, bytes: number): Unit[][] {
  const groups: Unit[][] = [];
  let room = 0;
  for (const unit of units) {
    const group = groups.at(-1), own = bytesOfUnit(unit, dtype);
    if (
      group && group.length < UNITS_A_GROUP && own <= room && group.every((other) => areAlike(other, unit))
    ) {
      group.push(unit);
      room -= own;
    } else {
      groups.push([unit]);
      room = bytes - own;
    }
  }
  return groups;
}

/** Returns whether two units of a picture each are of one recipe, and rows that both fill of one kind. */
function areAlike(a: Unit, b: Unit): boolean {
  return a.files.length === 1 && b.files.length === 1 && a.recipe === b.recipe &&
    Object.entries(a.kinds).every(([output, kind]) =>
      b.kinds[output] === undefined || JSON.stringify(kind) === JSON.stringify(b.kinds[output])
    );
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
): Promise<Made | undefined> {
  const { dtype, ...reading } = options;
  try {
    const pictures = await Promise.all(group.flatMap(({ files }) => files).map(pictureOf));
    return await engine.runPlan(
      joinedPlan(group[0].recipe, group, kindsOf(group, dtype)),
      pictures,
      reading,
      { many: true, brief: true },
    );
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isPictures(error)) throw error;
    if (group.length === 1) failures.set(group[0], error);
    else for (const unit of group) dispose(await make(engine, [unit], options, failures, pictureOf));
    return undefined;
  }
}

/** Returns whether an error is a picture's own, or its file's, and would not be the next one's as well. */
function isPictures(error: unknown): error is VitrailError {
  return error instanceof VitrailError && PICTURE_ERRORS.includes(error.code) &&
    !(error instanceof NotLoaded);
}

/** Returns the kinds of the rows that a group fills, as a set of `dtype` stores them, by output. */
function kindsOf(group: readonly Unit[], dtype: Dtype): Record<string, RowKind> {
  const kinds = group.flatMap((unit) => Object.entries(unit.kinds));
  return Object.fromEntries(
    kinds.map(([output, kind]) => [output, { ...kind, dtype: storedDtypeOf(kind, dtype) }]),
  );
}
