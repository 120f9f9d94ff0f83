import { messageOf } from "../../errors.ts";
import type { Tensor } from "../../engine/results/tensor.ts";
import type { Preprocessing } from "../../plan/preprocessing.ts";
import { type Sample, sampleOf } from "../data/sample.ts";
import { pythonJson } from "../records/python_json.ts";
import type { TextRow } from "../text/sample_text.ts";
import { readOutputs } from "./read_outputs.ts";
import { tokenRowIn } from "./read_tokens.ts";
import type { ShardFile } from "./shard_file.ts";
import { openShard } from "./checks/check_shard.ts";
import { damagedShard } from "./checks/shard_values.ts";

/** One picture or clip of a sample, as its shard has it. */
export interface ShardPicture {
  /** The counts of its tiles or patches: rows, columns. */
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
  /** Its pictures and clips, in the conversation's order. */
  readonly pictures: readonly ShardPicture[];
  /**
   * The outputs that the model's processors give for it, by their names in Python. Each is assembled when it
   * is first asked for. A set of bytes gives the values that its table has for them, as f32.
   */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Its tokens, where the set was made with a tokenizer; `batchOf` pads several to a batch. */
  readonly tokenRow?: TextRow;
  /** The recipe that made the pictures' pixels, as data; null where the set is of clips alone. */
  readonly recipe: Preprocessing | null;
  /** The recipe that made the clips' pixels; null where the set has none for them. */
  readonly clipsRecipe: Preprocessing | null;
}

/**
 * Reads the samples of a shard that `vitrail sft` made, in order.
 * @throws {VitrailError} `io` where it cannot be read, or where it is something else.
 */
export async function* readShard(path: string): AsyncGenerator<ShardSample, void, void> {
  const reader = new ShardReader(await openShard(path));
  for (let index = 0; index < reader.length; index++) yield reader.sample(index);
}

/**
 * Returns a sample as its record has it.
 * @throws {VitrailError} `io` where the record is none.
 */
function recordIn(shard: ShardFile, index: number): Sample {
  try {
    return sampleOf(pythonJson(shard.text("record", index)), `sample ${index + 1} of ${shard.path}`);
  } catch (cause) {
    throw damagedShard(shard, `the record of sample ${index} is none (${messageOf(cause)})`);
  }
}

/** Checks that a sample has as many pictures as its record; a recipe may join all of them to one. */
function requirePictures(
  shard: ShardFile,
  index: number,
  { images, clips = [] }: Sample,
  found: number,
): void {
  const frames = clips.reduce((sum, [from, to]) => sum + to - from, 0);
  const named = images.length - frames + clips.length;
  if (found === named || found === 1 && named > 1) return;
  throw damagedShard(shard, `sample ${index} has ${found} pictures and clips, its record ${named}`);
}

/** A reader of a shard's samples from its tensors. */
export class ShardReader {
  /** The pictures that were read, so that samples which share one get one object. */
  readonly #pictures = new Map<number, ShardPicture>();
  readonly #recipes: Pick<ShardSample, "recipe" | "clipsRecipe">;

  constructor(readonly shard: ShardFile) {
    this.#recipes = {
      recipe: shard.json("recipe") as Preprocessing | null,
      clipsRecipe: shard.json("clips_recipe") as Preprocessing | null,
    };
  }

  /** The count of samples. */
  get length(): number {
    return this.shard.tensor("sample_position").shape[0];
  }

  /** Returns the sample at `index`, from 0. */
  sample(index: number): ShardSample {
    const { shard } = this, tokenRow = tokenRowIn(shard, index);
    const record = recordIn(shard, index), places = shard.list("sample_pictures", index);
    requirePictures(shard, index, record, places.length);
    return {
      ...record,
      position: shard.numbers("sample_position", index, index + 1)[0],
      text: shard.text("text", index),
      pictures: places.map((at) => this.#picture(at)),
      outputs: readOutputs(shard, index),
      ...(tokenRow && { tokenRow }),
      ...this.#recipes,
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
    const { shard } = this, pair = (name: string) => shard.numbers(name, index * 2, index * 2 + 2);
    const [height, width] = pair("picture_size"), [rows, columns] = pair("picture_grid");
    const [tokens] = shard.has("picture_tokens") ? shard.numbers("picture_tokens", index, index + 1) : [];
    return { grid: [rows, columns], size: { width, height }, ...(tokens !== undefined && { tokens }), index };
  }
}
