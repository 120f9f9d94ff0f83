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

/** A sample that nothing but pixels can fail. */
export interface PlannedSample {
  /** Its place in the mixture, from 0. */
  readonly position: number;
  /** The sample as the data set has it, JSON. */
  readonly json: string;
  /** What messages call it. */
  readonly where: string;
  /** The conversation as the model reads it, placeholders in place. */
  readonly text: string;
  /** Its pictures, in order. */
  readonly units: readonly Unit[];
  /** The conversation as tokens, where a tokenizer is given. */
  readonly row?: TokenRow;
}

/** What the samples of a set are made of. */
export interface Material {
  readonly mixture: Mixture;
  readonly pictures: PictureFiles;
  readonly recipe: TiledRecipe;
  readonly dtype: Dtype;
  readonly template: Template;
  /** How conversations become tokens; absent: they stay text. */
  readonly tokens?: Omit<TokenRowOptions, "template">;
}

const SAMPLES_AT_ONCE = 64;

/** What is wrong with a sample or its pictures, and not with the arguments or the machine. */
const SAMPLE_ERRORS: readonly ErrorCode[] = ["dataset", "decode", "io", "limit", "shape"];

/**
 * Plans the samples at `positions`, in order: reads them, and their pictures' headers, a few samples ahead.
 * @returns the sample, or the error that one of its own makes.
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

async function* planned(material: Material, positions: readonly number[]) {
  const { mixture, pictures, recipe, dtype } = material;
  const read = positions.map((position) => attempt(position, "", () => mixture.read(position)));
  await pictures.look(read.flatMap((found) => "reason" in found ? [] : found.sample.images));
  for (const [index, found] of read.entries()) {
    const position = positions[index];
    if ("reason" in found) yield found;
    else {
      const { sample, json, where } = found;
      yield attempt(position, where, () => {
        const units = unitsOf(recipe, sample.images.map((name) => pictures.get(name)), dtype);
        return { position, json, where, units, ...wordsOf(material, sample, units, where) };
      });
    }
  }
}

/** A sample's text, and its tokens where they are wanted. */
function wordsOf({ template, tokens }: Material, sample: Sample, units: readonly Unit[], where: string) {
  if (tokens === undefined) return { text: textOf(sample, template, { pictures: units.length, where }) };
  const pictures = units.map(({ image }) => image);
  const row = tokenRowOf({ ...sample, pictures, where }, { ...tokens, template });
  return { text: row.text, row };
}

/** What `make` makes, or what is wrong with the sample; a data set that has changed is nobody's sample. */
function attempt<T>(position: number, where: string, make: () => T): T | SkippedSample {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof VitrailError) || !SAMPLE_ERRORS.includes(error.code)) throw error;
    if (where === "" && error.code === "io") throw error;
    return skipped(position, where, error);
  }
}

/** A sample left out for an error of its own. */
export function skipped(position: number, where: string, error: VitrailError): SkippedSample {
  const named = where === "" || error.message.startsWith(where);
  return { position, code: error.code, reason: named ? error.message : `${where}: ${error.message}` };
}
