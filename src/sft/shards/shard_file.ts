import { shown, VitrailError } from "../../errors.ts";
import {
  readSafetensors,
  readSafetensorsHeader,
  type SafetensorsFile,
  type StoredTensor,
} from "../../formats/safetensors.ts";
import { requireGiven } from "../../given/given_value.ts";
import type { Rgb } from "../../plan/tables/values.ts";
import type { ChannelPlace } from "./lossless_bytes.ts";
import { SealCheck } from "./checks/seal.ts";
import { SHARD_FORMAT } from "./shard_tensors.ts";

/** An output as a shard's header describes it. */
export interface DescribedOutput {
  /** The element type that a reader returns, by its name in safetensors. */
  readonly dtype: string;
  /** The kind of output. */
  readonly kind: "rows" | "values" | "ones" | "grids";
  /** The place of the channels in a row of bytes; absent where samples' differ, and where rows are values. */
  readonly channel?: ChannelPlace;
  /** The value around the contents of rows, by channel. */
  readonly fill?: Rgb;
  /** The pattern by which rows become a sample's tensor. */
  readonly arranged?: string;
}

/** A shard as read: its tensors, and lists of lists that two of them are. */
export class ShardFile {
  /** The outputs by name. */
  readonly outputs: Readonly<Record<string, DescribedOutput>>;

  private constructor(
    /** Its path, as given. */
    readonly path: string,
    readonly file: SafetensorsFile,
  ) {
    this.outputs = describedOutputs(path, this.json("outputs"));
  }

  /**
   * Reads a shard whole, once, and holds the bytes read against the checksum at their end.
   * @throws {VitrailError} `io` where it cannot be read, where it is something else, or where it is damaged.
   */
  static async read(path: string): Promise<ShardFile> {
    requireGiven("a shard", path, "a text", "the path of a .safetensors file");
    const seal = new SealCheck(), file = await readSafetensors(path, (bytes) => seal.add(bytes));
    requireShard(path, file.metadata);
    seal.requireSeal(path, file);
    return new ShardFile(path, file);
  }

  /** Returns an entry of the header that is JSON; null where there is none. */
  json(name: string): unknown {
    return entryOf(this.path, this.file.metadata, name);
  }

  /** Returns whether it has a tensor. */
  has(name: string): boolean {
    return this.file.tensors.has(name);
  }

  /**
   * Returns a tensor.
   * @throws {VitrailError} `io` where it has none of that name.
   */
  tensor(name: string): StoredTensor {
    const tensor = this.file.tensors.get(name);
    if (tensor) return tensor;
    throw new VitrailError("io", `${this.path} is damaged: it has no tensor ${name}`);
  }

  /** Returns the range of a list's items in the tensor that holds all lists. */
  range(name: string, index: number): [from: number, to: number] {
    const [from, to] = this.numbers(`${name}_offsets`, index, index + 2);
    return [from, to];
  }

  /** Returns the numbers in a range of a tensor. */
  numbers(name: string, from: number, to: number): number[] {
    const data = this.tensor(name).data as Int32Array | BigInt64Array | Float32Array;
    const own = data.subarray(from, to), numbers = new Array<number>(own.length);
    for (let i = 0; i < numbers.length; i++) numbers[i] = Number(own[i]);
    return numbers;
  }

  /** Returns the items of a list, each of `width` numbers; none where the shard has no such lists. */
  list(name: string, index: number, width = 1): number[] {
    if (!this.has(name)) return [];
    const [from, to] = this.range(name, index);
    return this.numbers(name, from * width, to * width);
  }

  /** Returns a text of a list of texts. */
  text(name: string, index: number): string {
    const bytes = this.tensor(name).data as Uint8Array;
    return new TextDecoder().decode(bytes.subarray(...this.range(name, index)));
  }
}

/** The entries of a shard's header beside its tensors. */
type Metadata = SafetensorsFile["metadata"];

/** Fails unless the metadata of a safetensors file are those of a shard of this version. */
function requireShard(path: string, { format }: Metadata): void {
  if (format === SHARD_FORMAT) return;
  const found = format === undefined ? "no format" : `the format ${shown(format)}`;
  const advice = format === "vitrail-shard-1" ? "; vitrail sft makes the set again" : "";
  throw new VitrailError(
    "io",
    `${path} is no shard of this version: it names ${found}, expected "${SHARD_FORMAT}"${advice}`,
  );
}

/**
 * Returns the outputs of a header, each known to be described.
 * @throws {VitrailError} `io` for what is no such description.
 */
function describedOutputs(path: string, outputs: unknown): Record<string, DescribedOutput> {
  const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isNumbers = (value: unknown, length: number) =>
    value === undefined ||
    Array.isArray(value) && value.length === length && value.every((own) => typeof own === "number");
  const fits = isObject(outputs) &&
    Object.values(outputs as Record<string, Partial<Record<keyof DescribedOutput, unknown>>>).every((own) =>
      isObject(own) && isNumbers(own.channel, 2) && isNumbers(own.fill, 3) &&
      ["string", "undefined"].includes(typeof own.arranged)
    );
  if (fits) return outputs as Record<string, DescribedOutput>;
  throw new VitrailError("io", `${path} is damaged: outputs in its header describes none`);
}

/** Returns an entry of a shard's metadata that is JSON; null where there is none. */
function entryOf(path: string, metadata: Metadata, name: string): unknown {
  const text = metadata[name];
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch (cause) {
    throw new VitrailError("io", `${path} is damaged: ${name} in its header is no JSON`, { cause });
  }
}

/**
 * Reads a shard's header alone: the names of its tensors, and of the outputs of the whole set.
 * @throws {VitrailError} `io` where it cannot be read, or where it is something else.
 */
export async function shardNames(path: string): Promise<{ tensors: Set<string>; outputs: string[] }> {
  const { tensors, metadata } = await readSafetensorsHeader(path);
  requireShard(path, metadata);
  const outputs = Object.keys(entryOf(path, metadata, "outputs") ?? {});
  return { tensors: new Set(tensors.map(({ name }) => name)), outputs };
}
