import { type ErrorCode, visible, VitrailError } from "../../errors.ts";
import type { SkippedSample } from "../../formats/manifest.ts";
import type { Mixture } from "../data/mixture.ts";
import type { PictureFile, PictureFiles } from "../data/picture_files.ts";
import type { Sample } from "../data/sample.ts";
import { NotLoaded } from "../../runtime/loaded.ts";
import type { SampleText, TextOf } from "../text/sample_text.ts";
import type { SampleOutput } from "../shards/sample_outputs.ts";
import { LeftOut } from "../text/too_long.ts";
import { type PixelPlanning, planOfSample } from "./sample_plan.ts";
import type { Unit } from "./unit.ts";

/** A sample that passed every check that planning makes. */
export interface PlannedSample extends SampleText {
  /** Its place in the mixture, from 0. */
  readonly position: number;
  /** The JSON text of the sample, as the data set has it. */
  readonly json: string;
  /** The sample's name in messages. */
  readonly where: string;
  /** The units of its pictures and clips, in the conversation's order. */
  readonly units: readonly Unit[];
  /** The outputs that the processors give for it, by name. */
  readonly outputs: Readonly<Record<string, SampleOutput>>;
}

/** All that the samples of a set are made from. */
export interface Material extends PixelPlanning {
  /** The samples. */
  readonly mixture: Mixture;
  /** The pictures that the samples name. */
  readonly pictures: PictureFiles;
  /** Makes a sample's text, and its tokens where there is a tokenizer. */
  readonly textOf: TextOf;
  /** The most tokens that a sample may have; absent where there is no limit. */
  readonly maxLength?: number;
  /** The most tokens of a pack; absent where samples are not packed. */
  readonly pack?: number;
}

/** The most characters of what is wrong with a sample: a record may hold megabytes where a name is shown. */
const LONGEST = 2000;

/** The samples that are read together. */
const SAMPLES_AT_ONCE = 64;

/** The errors that are a sample's own, or its pictures', and not the arguments' or the machine's. */
const SAMPLE_ERRORS: readonly ErrorCode[] = ["dataset", "decode", "io", "limit", "shape"];

/**
 * Plans the samples at `positions`, in order. Samples and their pictures' headers are read a few samples
 * ahead.
 *
 * @returns each sample as planned, or as skipped for an error of its own
 * @throws {VitrailError} `io` where a data set's file has changed. The signal's reason, where it is aborted.
 */
export async function* plannedSamples(
  material: Material,
  positions: Iterable<number>,
  signal?: AbortSignal,
): AsyncGenerator<PlannedSample | SkippedSample> {
  const waiting: number[] = [];
  for (const position of positions) {
    waiting.push(position);
    if (waiting.length === SAMPLES_AT_ONCE) yield* planned(material, waiting.splice(0), signal);
  }
  yield* planned(material, waiting, signal);
}

/** A sample that was read, with those of its pictures that its own file holds. */
interface ReadSample {
  readonly sample: Sample;
  readonly json: string;
  readonly where: string;
  /** Beside each picture's name: the picture, where the sample's file holds it. */
  readonly stored: readonly (PictureFile | undefined)[];
}

/** Plans a few samples, whose pictures' headers are read together. */
async function* planned(material: Material, positions: readonly number[], signal?: AbortSignal) {
  const { pictures } = material, read: (ReadSample | SkippedSample)[] = [];
  for (const position of positions) read.push(await readSample(material, position));
  await pictures.look(read.flatMap((found) => "reason" in found ? [] : namesOf(found)), signal);
  for (const [index, found] of read.entries()) {
    const position = positions[index];
    if ("reason" in found) yield found;
    else {
      const { sample, json, where, stored } = found;
      yield await orSkipped(position, where, async () => {
        const files = sample.images.map((name, at) => stored[at] ?? pictures.get(name));
        const { units, images, outputs } = await planOfSample(material, sample, files, signal);
        const text = material.textOf(sample, images, where);
        requireRoom(text, material);
        return { position, json, where, units, outputs, ...text };
      });
    }
  }
}

/**
 * Checks that a pack has room for a sample.
 * @throws {VitrailError} `dataset` where it has not.
 */
function requireRoom({ row }: SampleText, { pack = Infinity }: Material): void {
  const length = row?.ids.length ?? 0;
  if (length <= pack) return;
  throw new VitrailError(
    "dataset",
    `it has ${length} tokens, and --pack gives a sequence ${pack}; give at least --pack ${length}, or ` +
      `--max-length ${pack} with --too-long skip or cut`,
  );
}

/** Reads a sample, and the headers of the pictures that its file holds, whose bytes are then let go. */
async function readSample(
  { mixture, pictures: files }: Material,
  position: number,
): Promise<ReadSample | SkippedSample> {
  let where = "";
  try {
    const { pictures, ...read } = await mixture.read(position);
    where = read.where;
    const stored: (PictureFile | undefined)[] = [];
    for (const [at, { name, bytes }] of pictures.entries()) {
      stored.push(bytes && files.stored(name, bytes, { position, at }));
    }
    return { ...read, stored };
  } catch (error) {
    return skippedFor(error, position, where);
  }
}

/** Returns the names of a sample's pictures that are files. */
function namesOf({ sample, stored }: ReadSample): string[] {
  return sample.images.filter((_, at) => stored[at] === undefined);
}

/**
 * Returns what `make` does, or the sample as skipped for an error of its own. An `io` error before the sample
 * has a name is the data set's, which has changed, and is thrown.
 */
async function orSkipped<T>(
  position: number,
  where: string,
  make: () => Promise<T>,
): Promise<T | SkippedSample> {
  try {
    return await make();
  } catch (error) {
    return skippedFor(error, position, where);
  }
}

/** Returns the sample of an error as skipped; throws an error that is not the sample's own. */
function skippedFor(error: unknown, position: number, where: string): SkippedSample {
  if (!(error instanceof VitrailError) || !SAMPLE_ERRORS.includes(error.code)) throw error;
  if (error instanceof NotLoaded) throw error;
  if (where === "" && error.code === "io") throw error;
  return skippedSample(position, where, error);
}

/** Returns a sample as skipped for an error of its own. The reason is a line that begins with its name. */
export function skippedSample(position: number, where: string, error: VitrailError): SkippedSample {
  const name = visible(where); // as messages show it
  const named = error.message.startsWith(name);
  const whole = (named ? error.message : `${name}: ${error.message}`).replaceAll("\n", "\\n");
  const reason = whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
  return { position, code: error.code, reason, ...(error instanceof LeftOut && { asked: true }) };
}
