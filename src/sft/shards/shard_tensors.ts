import type { TensorSource } from "../../formats/safetensors_pieces.ts";
import type { PlannedSample } from "../set/planned_sample.ts";
import type { SetRecipes } from "../set/sample_plan.ts";
import type { Unit } from "../set/unit.ts";
import { integers, lists, long, texts } from "./list_tensors.ts";
import { outputTensors, type RowsSource } from "./output_tensors.ts";
import type { SetLayout } from "./set_outputs.ts";
import { tokenTensors } from "./token_tensors.ts";

/** The format that a shard's header names; another number is another set of tensors. */
export const SHARD_FORMAT = "vitrail-shard-2";

/** Returns the units of the samples, each once, in the order in which they are first used. */
export function unitsIn(samples: readonly PlannedSample[]): Unit[] {
  const units = new Map<string, Unit>();
  for (const sample of samples) {
    for (const unit of sample.units) if (!units.has(unit.key)) units.set(unit.key, unit);
  }
  return [...units.values()];
}

/**
 * Returns the tensors of a shard: those of {@linkcode outputTensors} for each output, those of
 * {@linkcode tokenTensors} where there is a tokenizer, and those below. A picture here is a unit. A list of
 * lists of different lengths, such as the samples' pictures, is two tensors: all items, and the lists'
 * offsets I64 `[lists + 1]` among them.
 *
 * | tensor | shape | |
 * | --- | --- | --- |
 * | `picture_grid` | I32 `[pictures, 2]` | its tiles or patches, rows and columns |
 * | `picture_size` | I32 `[pictures, 2]` | the upright picture, height and width in pixels |
 * | `picture_tokens` | I32 `[pictures]` | its tokens after the encoder; absent where not known |
 * | `sample_position` | I64 `[samples]` | the sample's place in the whole set |
 * | `sample_pictures` (+ `_offsets`) | I32 | the sample's pictures, in the conversation's order |
 * | `text` (+ `_offsets`) | U8 | the conversation as the model reads it, in UTF-8 |
 * | `record` (+ `_offsets`) | U8 | the sample as the data set has it, JSON in UTF-8 |
 * | `pack_samples` (+ `_offsets`) | I32 | by pack: the samples that are one training sequence |
 */
export function shardTensors(
  samples: readonly PlannedSample[],
  units: readonly Unit[],
  layout: SetLayout,
  rowsOf: RowsSource,
  packs?: readonly (readonly number[])[],
): TensorSource[] {
  const place = new Map(units.map(({ key }, index) => [key, index]));
  const tokens = units.map(({ image }) => image.tokens);
  return [
    ...Object.entries(layout.outputs).flatMap(([name, own]) => {
      const outputs = samples.map(({ outputs }) => outputs[name]);
      return outputTensors(name, own, outputs, units, layout.dtype, rowsOf);
    }),
    integers("picture_grid", units.map(({ image }) => image.grid), 2),
    integers("picture_size", units.map(({ image: { size } }) => [size.height, size.width]), 2),
    ...(tokens.includes(undefined) ? [] : [integers("picture_tokens", tokens.map((count) => [count!]))]),
    long("sample_position", samples.map(({ position }) => position)),
    ...lists("sample_pictures", samples.map(({ units }) => units.map(({ key }) => place.get(key)!))),
    ...texts("text", samples.map(({ text }) => text)),
    ...texts("record", samples.map(({ json }) => json)),
    ...tokenTensors(samples.flatMap(({ row }) => row ?? [])),
    ...(packs === undefined ? [] : lists("pack_samples", packs)),
  ];
}

/**
 * Returns the metadata of a shard's header: the format, the recipes, and of each output the element type that
 * a reader returns, its kind, and how rows become its values and its order. Where tokens attend to tiles of
 * pictures, it says how many tiles a picture may have.
 */
export function shardMetadata(
  { pictures, clips }: SetRecipes,
  { dtype, outputs }: SetLayout,
  samples: readonly PlannedSample[],
): Record<string, string> {
  const attended = samples.flatMap(({ row }) => row?.attended ?? []).at(0);
  const described = Object.entries(outputs).map(([name, output]) => {
    const facts = { dtype: output.dtype.toUpperCase(), kind: output.kind };
    if (output.kind !== "rows") return [name, facts];
    const { channel, fill, arranged } = output;
    return [name, { ...facts, channel, fill, arranged }];
  });
  return {
    format: SHARD_FORMAT,
    dtype,
    ...(pictures && { recipe: JSON.stringify(pictures) }),
    ...(clips && { clips_recipe: JSON.stringify(clips) }),
    outputs: JSON.stringify(Object.fromEntries(described)),
    ...(attended && { attended_most: `${attended.most}` }),
  };
}
