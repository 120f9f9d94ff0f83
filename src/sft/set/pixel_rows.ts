import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import type { Batch } from "../../engine/results/batch.ts";
import { type ErrorCode, VitrailError } from "../../errors.ts";
import { isClip, type Unit } from "./unit.ts";

/** Units that run together, runs under way at once, and the part of the engine's memory that one run's rows may take. */
const UNITS_A_RUN = 16, RUNS_AT_ONCE = 3, MEMORY_SHARE = 1 / 16;

/** What is wrong with a picture, or with its file, and not with the machine. */
const PICTURE_ERRORS: readonly ErrorCode[] = ["decode", "io", "limit", "shape"];

/** What could not be made, by unit. */
export type Failures = Map<Unit, VitrailError>;

/**
 * The rows of units, in order, in bounded memory: a few runs are decoded, computed and read back ahead of the one that
 * is asked for. Units that fail are gathered in `failures`, all of them, since whoever leaves them out begins again.
 * @throws {VitrailError} the first failure, once all units were tried where `tryAll`, else at once; `device` where the
 * GPU fails.
 */
export async function* pixelRows(
  engine: Engine,
  units: readonly Unit[],
  options: RunOptions,
  { failures, tryAll, onUnits }: {
    failures: Failures;
    tryAll: boolean;
    /** Called with the units that were made. */
    onUnits?: (count: number) => void;
  },
): AsyncGenerator<Uint8Array> {
  const running: { run: Unit[]; made: Promise<Batch | undefined> }[] = [];
  const first = () => failures.values().next().value;
  try {
    const runs = runsOf(units, engine.memory * MEMORY_SHARE);
    for (let next = 0; next < runs.length || running.length > 0;) {
      while (next < runs.length && running.length < RUNS_AT_ONCE) {
        const run = runs[next++], made = make(engine, run, options, failures);
        made.catch(() => {}); // reported when its turn comes
        running.push({ run, made });
      }
      const { run, made } = running.shift()!;
      using batch = await made;
      if (failures.size === 0) yield await batch!.pixelValues.bytes();
      else if (!tryAll) break;
      onUnits?.(run.length);
    }
  } finally {
    for (const left of await Promise.allSettled(running.map(({ made }) => made))) {
      if (left.status === "fulfilled") left.value?.dispose();
    }
  }
  if (failures.size > 0) throw first();
}

/** Neighbours with one recipe, as many as a run may take; a clip is a run of its own. */
function runsOf(units: readonly Unit[], bytes: number): Unit[][] {
  const runs: Unit[][] = [];
  let room = 0;
  for (const unit of units) {
    const run = runs.at(-1);
    const joins = run && run.length < UNITS_A_RUN && unit.bytes <= room && !isClip(unit.recipe) &&
      JSON.stringify(unit.recipe.geometry) === JSON.stringify(run[0].recipe.geometry);
    if (joins) run.push(unit), room -= unit.bytes;
    else runs.push([unit]), room = bytes - unit.bytes;
  }
  return runs;
}

/** Runs units together; where that fails, each by itself, to know which do. */
async function make(
  engine: Engine,
  run: Unit[],
  options: RunOptions,
  failures: Failures,
): Promise<Batch | undefined> {
  try {
    const files = run.flatMap(({ pictures }) => pictures);
    const batch = await engine.run(run[0].recipe, files.map(({ path }) => path), options);
    try {
      for (const [index, unit] of run.entries()) requirePlanned(batch, index, unit);
    } catch (error) {
      batch.dispose();
      throw error;
    }
    return batch;
  } catch (error) {
    if (!(error instanceof VitrailError) || !PICTURE_ERRORS.includes(error.code)) throw error;
    if (run.length === 1) failures.set(run[0], error);
    else for (const unit of run) (await make(engine, [unit], options, failures))?.dispose();
    return undefined;
  }
}

/** @throws {VitrailError} `io` where a picture is not what its header said when the set was planned. */
function requirePlanned(batch: Batch, index: number, { image, pictures }: Unit): void {
  const { size, canvas } = batch.images[index];
  const same = [[size, image.size], [canvas, image.canvas]].every(([found, planned]) =>
    found.width === planned.width && found.height === planned.height
  );
  if (same) return;
  throw new VitrailError("io", `${pictures[0].path} has changed since the set was planned`);
}
