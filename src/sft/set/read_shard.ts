import { Tensor } from "../../engine/results/tensor.ts";
import { VitrailError } from "../../errors.ts";
import { readSafetensors, type SafetensorsFile, type StoredTensor } from "../../formats/safetensors.ts";
import type { Dtype } from "../../plan/dtype.ts";
import { PIXELS } from "../../plan/plan.ts";
import type { TiledRecipe } from "../../recipes/tiled/tiled_recipe.ts";
import { type Sample, sampleOf } from "../data/sample.ts";
import type { TokenRow } from "../text/token_row.ts";
import { SHARD_FORMAT } from "./shard_tensors.ts";

/** One picture of a sample, as its shard has it. */
export interface ShardPicture {
  /** Its rows `[rows, 3, P, P]`, in the shard's memory: in float dtypes a global view, then the tiles. */
  readonly pixelValues: Tensor;
  /** The counts of its tiles: rows, columns. */
  readonly grid: readonly [rows: number, columns: number];
  /** The size of the upright picture, in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** The count of its tokens after the encoder; undefined where the recipe does not say. */
  readonly tokens?: number;
  /** Its place among the shard's pictures. Samples that share a picture share its object. */
  readonly index: number;
}

/** One sample of a shard. */
export interface ShardSample extends Sample {
  /** Its place in the whole set, from 0. */
  readonly position: number;
  /** The conversation as the model reads it, a placeholder for each picture. */
  readonly text: string;
  /** Its pictures, in the placeholders' order. */
  readonly pictures: readonly ShardPicture[];
  /** Its tokens, where the set was made with a tokenizer; `batchOf` pads several to a batch. */
  readonly tokenRow?: TokenRow;
  /** In u8 shards, the normalised value of each byte, by channel: `[3, 256]`. */
  readonly valueTable?: Float32Array;
  /** The recipe that made the pixels. */
  readonly recipe: TiledRecipe;
}

/**
 * Reads the samples of a shard that `vitrail sft` made, in order.
 * @throws {VitrailError} `io` where it cannot be read, or where it is something else.
 */
export async function* readShard(path: string): AsyncGenerator<ShardSample, void, void> {
  const reader = new ShardReader(path, await readSafetensors(path));
  for (let index = 0; index < reader.length; index++) yield reader.sample(index);
}

/** A reader of a shard's samples from its tensors. */
class ShardReader {
  readonly #recipe: TiledRecipe;
  /** The pictures that were read, so that samples which share one get one object. */
  readonly #pictures = new Map<number, ShardPicture>();

  constructor(readonly path: string, readonly file: SafetensorsFile) {
    const { format, recipe } = file.metadata;
    if (format !== SHARD_FORMAT) {
      const found = format === undefined ? "no format" : `the format ${JSON.stringify(format)}`;
      throw new VitrailError(
        "io",
        `${path} is no shard of this version: it names ${found}, expected "${SHARD_FORMAT}"`,
      );
    }
    this.#recipe = recipeIn(recipe);
  }

  /** The count of samples. */
  get length(): number {
    return this.#tensor("sample_position").shape[0];
  }

  /** Returns the sample at `index`, from 0. */
  sample(index: number): ShardSample {
    const [from, to] = this.#range("sample_pictures", index);
    const table = this.file.tensors.get("value_table");
    const tokenRow = this.file.tensors.has("input_ids") ? this.#tokenRow(index, from, to) : undefined;
    return {
      ...sampleOf(JSON.parse(this.#text("record", index)), `sample ${index + 1} of ${this.path}`),
      position: this.#numbers("sample_position", index, index + 1)[0],
      text: this.#text("text", index),
      pictures: this.#numbers("sample_pictures", from, to).map((at) => this.#picture(at)),
      ...(tokenRow && { tokenRow }),
      ...(table && { valueTable: table.data as Float32Array }),
      recipe: this.#recipe,
    };
  }

  #picture(index: number): ShardPicture {
    let picture = this.#pictures.get(index);
    if (picture === undefined) {
      picture = this.#readPicture(index);
      this.#pictures.set(index, picture);
    }
    return picture;
  }

  #readPicture(index: number): ShardPicture {
    const pair = (name: string) => this.#numbers(name, index * 2, index * 2 + 2);
    const { dtype, shape, data } = this.#tensor(PIXELS);
    const [from, to] = pair("picture_rows"), [height, width] = pair("picture_size");
    const rowBytes = data.byteLength / shape[0];
    const bytes = new Uint8Array(data.buffer, data.byteOffset + from * rowBytes, (to - from) * rowBytes);
    const known = this.file.tensors.has("picture_tokens");
    return {
      pixelValues: new Tensor(PIXELS, dtype.toLowerCase() as Dtype, [to - from, ...shape.slice(1)], bytes),
      grid: pair("picture_grid") as [number, number],
      size: { width, height },
      ...(known && { tokens: this.#numbers("picture_tokens", index, index + 1)[0] }),
      index,
    };
  }

  /** Returns a sample's tokens. Its pictures are those from `from` up to `to` of all samples' pictures. */
  #tokenRow(index: number, from: number, to: number): TokenRow {
    const [begin, end] = this.#range("input_ids", index);
    const spans = this.#numbers("sample_spans", from * 3, to * 3);
    return {
      ids: Int32Array.from(this.#numbers("input_ids", begin, end)),
      labels: Int32Array.from(this.#numbers("labels", begin, end)),
      spans: Array.from({ length: to - from }, (_, at) => {
        const [start, length, tokens] = spans.slice(at * 3, at * 3 + 3);
        return { start, length, tokens };
      }),
      whole: this.#numbers("row_lengths", index, index + 1)[0],
    };
  }

  #text(name: string, index: number): string {
    const bytes = this.#tensor(name).data as Uint8Array;
    return new TextDecoder().decode(bytes.subarray(...this.#range(name, index)));
  }

  /** Returns the range of a list's items in the tensor that holds all lists. */
  #range(name: string, index: number): [from: number, to: number] {
    const [from, to] = this.#numbers(`${name}_offsets`, index, index + 2);
    return [from, to];
  }

  /** Returns the whole numbers in a range of a tensor. */
  #numbers(name: string, from: number, to: number): number[] {
    const data = this.#tensor(name).data as Int32Array | BigInt64Array;
    return Array.from(data.subarray(from, to) as Iterable<number | bigint>, Number);
  }

  #tensor(name: string): StoredTensor {
    const tensor = this.file.tensors.get(name);
    if (tensor) return tensor;
    throw new VitrailError("io", `${this.path} is damaged: it has no tensor ${name}`);
  }
}

/**
 * Returns the recipe that a shard holds as JSON. Older shards name its resampler and its rounding otherwise.
 * A recipe that kept those names would be run with the defaults in their place.
 */
function recipeIn(json: string): TiledRecipe {
  const recipe = presentResampler(JSON.parse(json) as TiledRecipe);
  const parameters = presentResampler(recipe.parameters);
  return { ...recipe, parameters, values: renamed(recipe.values, "arithmetic", "rounding") };
}

/** Returns an object whose resampler has its present name: `torch` meant the one in floats. */
function presentResampler<T extends object>(object: T): T {
  const named = renamed(object, "arithmetic", "resampler") as T & { resampler?: string };
  return named?.resampler === "torch" ? { ...named, resampler: "torch-cuda" } : named;
}

/** Returns an object whose field `from`, where it has one, is called `to`. */
function renamed<T extends object>(object: T, from: string, to: string): T {
  const { [from]: value, ...rest } = { ...object } as Record<string, unknown>;
  return (value === undefined ? object : { ...rest, [to]: value }) as T;
}
