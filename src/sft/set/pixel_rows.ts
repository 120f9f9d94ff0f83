import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import type { Batch } from "../../engine/results/batch.ts";
import { type ErrorCode, VitrailError } from "../../errors.ts";
import type { PictureFile } from "../data/picture_files.ts";
import { isClip, type Unit } from "./unit.ts";

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

/** The errors of units that could not be made. */
export type Failures = Map<Unit, VitrailError>;

/**
 * Yields the bytes of units' rows, in order, a group of units at a time, in bounded memory. A few groups are
 * decoded, computed and read back ahead of the one that is asked for.
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
  options: RunOptions,
  { pictureOf, failures, tryAll, onUnits }: {
    /** Returns a picture as the engine takes it: its path, or its bytes with its name. */
    pictureOf: PictureSource;
    /** Gets the units that fail. */
    failures: Failures;
    /** True goes on after a failure, to find all of them. */
    tryAll: boolean;
    /** Called with the count of units that were just tried. */
    onUnits?: (count: number) => void;
  },
): AsyncGenerator<Uint8Array> {
  const underWay: { group: Unit[]; made: Promise<Batch | undefined> }[] = [];
  try {
    const groups = groupsOf(units, engine.memory * MEMORY_SHARE);
    for (let next = 0; next < groups.length || underWay.length > 0;) {
      while (next < groups.length && underWay.length < GROUPS_AT_ONCE) {
        const group = groups[next++], made = make(engine, group, options, failures, pictureOf);
        made.catch(() => {}); // thrown when it is awaited below
        underWay.push({ group, made });
      }
      const { group, made } = underWay.shift()!;
      using batch = await made;
      if (failures.size === 0) yield await batch!.pixelValues.bytes();
      else if (!tryAll) break;
      onUnits?.(group.length);
    }
  } finally {
    for (const left of await Promise.allSettled(underWay.map(({ made }) => made))) {
      if (left.status === "fulfilled") left.value?.dispose();
    }
  }
  if (failures.size > 0) throw failures.values().next().value;
}

/** Groups neighbours of one recipe whose rows take at most `bytes` together. A clip is a group of its own. */
function groupsOf(units: readonly Unit[], bytes: number): Unit[][] {
  const groups: Unit[][] = [];
  let room = 0;
  for (const unit of units) {
    const group = groups.at(-1);
    const joins = group && group.length < UNITS_A_GROUP && unit.bytes <= room && !isClip(unit.recipe) &&
      JSON.stringify(unit.recipe.geometry) === JSON.stringify(group[0].recipe.geometry);
    if (joins) {
      group.push(unit);
      room -= unit.bytes;
    } else {
      groups.push([unit]);
      room = bytes - unit.bytes;
    }
  }
  return groups;
}

/**
 * Makes the batch of a group. Where that fails for a picture, each unit is made alone, to find those that
 * fail, and the result is undefined.
 */
async function make(
  engine: Engine,
  group: Unit[],
  options: RunOptions,
  failures: Failures,
  pictureOf: PictureSource,
): Promise<Batch | undefined> {
  try {
    const pictures = await Promise.all(group.flatMap((unit) => unit.pictures).map(pictureOf));
    const batch = await engine.run(group[0].recipe, pictures, options);
    try {
      for (const [index, unit] of group.entries()) requirePlanned(batch, index, unit);
    } catch (error) {
      batch.dispose();
      throw error;
    }
    return batch;
  } catch (error) {
    if (!(error instanceof VitrailError) || !PICTURE_ERRORS.includes(error.code)) throw error;
    if (group.length === 1) failures.set(group[0], error);
    else for (const unit of group) (await make(engine, [unit], options, failures, pictureOf))?.dispose();
    return undefined;
  }
}

/**
 * Checks that a picture is as its header said when the set was planned.
 * @throws {VitrailError} `io` where it is not.
 */
function requirePlanned(batch: Batch, index: number, { image, pictures }: Unit): void {
  const { size, canvas } = batch.images[index];
  const same = [[size, image.size], [canvas, image.canvas]].every(([found, planned]) =>
    found.width === planned.width && found.height === planned.height
  );
  if (same) return;
  throw new VitrailError("io", `${pictures[0].path} has changed since the set was planned`);
}
