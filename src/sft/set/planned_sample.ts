import { type ErrorCode, VitrailError } from "../../errors.ts";
import type { SkippedSample } from "../../formats/manifest.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { TiledRecipe } from "../../recipes/tiled/tiled_recipe.ts";
import type { Mixture } from "../data/mixture.ts";
import type { PictureFiles } from "../data/picture_files.ts";
import type { Sample } from "../data/sample.ts";
import { textOf } from "../text/placeholders.ts";
import type { Template } from "../text/template.ts";
import { type TokenRow, tokenRowOf, type TokenRowOptions } from "../text/token_row.ts";
import { type Unit, unitsOf } from "./unit.ts";

/** A sample that passed every check that needs no pixels. */
export interface PlannedSample {
  /** Its place in the mixture, from 0. */
  readonly position: number;
  /** The JSON text of the sample, as the data set has it. */
  readonly json: string;
  /** The sample's name in messages. */
  readonly where: string;
  /** The conversation as the model reads it, placeholders in place. */
  readonly text: string;
  /** The units of its pictures, in order. */
  readonly units: readonly Unit[];
  /** The conversation as tokens, where a tokenizer is given. */
  readonly tokenRow?: TokenRow;
}

/** All that the samples of a set are made from. */
export interface Material {
  /** The samples. */
  readonly mixture: Mixture;
  /** The pictures that the samples name. */
  readonly pictures: PictureFiles;
  /** The recipe of the pixels. */
  readonly recipe: TiledRecipe;
  /** The element type of the pixels. */
  readonly dtype: Dtype;
  /** The form of the conversations' text. */
  readonly template: Template;
  /** Options for making conversations tokens; absent: they stay text. */
  readonly tokens?: Omit<TokenRowOptions, "template">;
}

/** The samples that are read together. */
const SAMPLES_AT_ONCE = 64;

/** The errors that are a sample's own, or its pictures', and not the arguments' or the machine's. */
const SAMPLE_ERRORS: readonly ErrorCode[] = ["dataset", "decode", "io", "limit", "shape"];

/**
 * Plans the samples at `positions`, in order. Samples and their pictures' headers are read a few samples
 * ahead.
 *
 * @returns each sample as planned, or as skipped for an error of its own
 * @throws {VitrailError} `io` where a data set's file has changed.
 */
export async function* plannedSamples(
  material: Material,
  positions: Iterable<number>,
): AsyncGenerator<PlannedSample | SkippedSample> {
  const waiting: number[] = [];
  for (const position of positions) {
    waiting.push(position);
    if (waiting.length === SAMPLES_AT_ONCE) yield* planned(material, waiting.splice(0));
  }
  yield* planned(material, waiting);
}

/** Plans a few samples, whose pictures' headers are read together. */
async function* planned(material: Material, positions: readonly number[]) {
  const { mixture, pictures, recipe, dtype } = material;
  const read = positions.map((position) => orSkipped(position, "", () => mixture.read(position)));
  await pictures.look(read.flatMap((found) => "reason" in found ? [] : found.sample.images));
  for (const [index, found] of read.entries()) {
    const position = positions[index];
    if ("reason" in found) yield found;
    else {
      const { sample, json, where } = found;
      yield orSkipped(position, where, () => {
        const units = unitsOf(recipe, sample.images.map((name) => pictures.get(name)), dtype);
        return { position, json, where, units, ...textAndTokens(material, sample, units, where) };
      });
    }
  }
}

/** Returns a sample's text, and its tokens where there is a tokenizer. */
function textAndTokens(
  { template, tokens }: Material,
  sample: Sample,
  units: readonly Unit[],
  where: string,
) {
  if (tokens === undefined) return { text: textOf(sample, template, { pictures: units.length, where }) };
  const pictures = units.map(({ image }) => image);
  const tokenRow = tokenRowOf({ ...sample, pictures, where }, { ...tokens, template });
  return { text: tokenRow.text, tokenRow };
}

/**
 * Returns what `make` does, or the sample as skipped for an error of its own. An `io` error before the sample
 * has a name is the data set's, which has changed, and is thrown.
 */
function orSkipped<T>(position: number, where: string, make: () => T): T | SkippedSample {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof VitrailError) || !SAMPLE_ERRORS.includes(error.code)) throw error;
    if (where === "" && error.code === "io") throw error;
    return skippedSample(position, where, error);
  }
}

/** Returns a sample as skipped for an error of its own; the reason begins with the sample's name. */
export function skippedSample(position: number, where: string, error: VitrailError): SkippedSample {
  const named = where === "" || error.message.startsWith(where);
  return { position, code: error.code, reason: named ? error.message : `${where}: ${error.message}` };
}
