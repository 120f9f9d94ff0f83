import { VitrailError } from "../../errors.ts";
import { byteLengthOf } from "../../formats/safetensors_header.ts";
import type { StoredDtype } from "../../formats/stored_dtype.ts";
import { readOutputs } from "../shards/read_outputs.ts";
import { tokenRowIn } from "../shards/read_tokens.ts";
import { type ShardFile, shardNames } from "../shards/shard_file.ts";
import type { TextRow } from "../text/sample_text.ts";
import { ATTENDED, CROSS_ATTENTION, crossAttention } from "./item_masks.ts";
import type { ExportColumns, ExportItem, ExportTensor } from "./export_item.ts";
import { itemTokens, tokenNames } from "./item_tokens.ts";

/** The tensor of a shard that lists the samples of its packs. */
const PACKS = "pack_samples";

/**
 * Returns the columns of a set, whose shards stand at `paths`.
 * @throws {VitrailError} `io` where a shard cannot be read, or where one has tokens that another has not.
 */
export async function columnsOf(paths: readonly string[]): Promise<ExportColumns> {
  let tokens: readonly string[] | undefined;
  const lists = new Map<string, boolean>();
  for (const path of paths) {
    const { tensors, outputs } = await shardNames(path), own = tokenNames(tensors, tensors.has(PACKS));
    tokens ??= own;
    if (tokens.join() !== own.join()) {
      throw new VitrailError("io", `${path} has the tokens ${own}, and shards before it ${tokens}`);
    }
    if (tensors.has(ATTENDED)) lists.set(CROSS_ATTENTION, false);
    for (const name of outputs) {
      // The outputs of a pack are lists where those of its samples do not fit one tensor.
      lists.set(name, lists.get(name) === true || tensors.has(PACKS) || tensors.has(`${name}.lists`));
    }
  }
  const outputs = [...lists].map(([name, isList]) => ({ name, isList }));
  return { tokens: tokens ?? [], outputs };
}

/** Returns the items of a shard: its packs, or where it has none its samples. */
export function shardItems(shard: ShardFile): ExportItem[] {
  const samples = shard.tensor("sample_position").shape[0];
  if (!shard.has(PACKS)) return Array.from({ length: samples }, (_, sample) => sampleItem(shard, sample));
  const packs = shard.tensor(`${PACKS}_offsets`).shape[0] - 1;
  return Array.from({ length: packs }, (_, pack) => packItem(shard, shard.list(PACKS, pack)));
}

function sampleItem(shard: ShardFile, sample: number): ExportItem {
  const rows = rowsOf(shard, [sample]);
  return {
    position: positionOf(shard, sample),
    text: shard.text("text", sample),
    record: shard.text("record", sample),
    tokens: itemTokens(shard, rows, false),
    outputs: { ...outputsOf(shard, sample), ...maskOf(rows) },
  };
}

/** Returns the rows of tokens of samples; none where the set was made without a tokenizer. */
function rowsOf(shard: ShardFile, samples: readonly number[]): TextRow[] {
  return samples.flatMap((sample) => tokenRowIn(shard, sample) ?? []);
}

/** Returns the mask of samples whose tokens attend to pictures. */
function maskOf(rows: readonly TextRow[]): Record<string, ExportTensor> {
  const mask = crossAttention(rows);
  return mask ? { [CROSS_ATTENTION]: mask } : {};
}

/** Returns the item of a pack. Outputs of one shape behind the first axis are joined along it. */
function packItem(shard: ShardFile, samples: readonly number[]): ExportItem {
  const outputs: Record<string, ExportTensor | readonly ExportTensor[]> = {};
  const rows = rowsOf(shard, samples);
  const all = samples.map((sample) => outputsOf(shard, sample));
  for (const name of Object.keys(shard.outputs)) {
    const found = all.flatMap((own) => own[name] ?? []);
    if (found.length > 0) outputs[name] = all.some((own) => Array.isArray(own[name])) ? found : joined(found);
  }
  return {
    position: positionOf(shard, samples[0]),
    text: samples.map((sample) => shard.text("text", sample)).join(""),
    record: `[${samples.map((sample) => shard.text("record", sample)).join(",")}]`,
    tokens: itemTokens(shard, rows, true),
    outputs: { ...outputs, ...maskOf(rows) },
  };
}

/** Returns tensors as one, or as they are where their shapes differ behind the first axis. */
function joined(tensors: readonly ExportTensor[]): ExportTensor | readonly ExportTensor[] {
  const [{ dtype, shape: [, ...rowShape] }] = tensors;
  if (tensors.some(({ shape: [, ...own] }) => own.join() !== rowShape.join())) return tensors;
  return {
    dtype,
    shape: [tensors.reduce((sum, { shape: [rows] }) => sum + rows, 0), ...rowShape],
    bytes: async () => {
      const parts = await Promise.all(tensors.map((tensor) => tensor.bytes()));
      return await new Blob(parts as BlobPart[]).bytes();
    },
  };
}

/** Returns the outputs of a sample; each is put together whenever it is asked for. */
function outputsOf(shard: ShardFile, sample: number): ExportItem["outputs"] {
  const outputs: Record<string, ExportTensor | readonly ExportTensor[]> = {};
  for (const [name, { dtype }] of Object.entries(shard.outputs)) {
    const shape = shard.list(`${name}.shape`, sample);
    if (shape.length === 0) continue;
    const bytes = () => readOutputs(shard, sample)[name].bytes();
    const whole = { dtype: dtype as StoredDtype, shape, bytes };
    outputs[name] = listed(shard, sample, name, whole) ?? whole;
  }
  return outputs;
}

/** Returns the tensors of an output that Python returns as a list; undefined for one tensor. */
function listed(
  shard: ShardFile,
  sample: number,
  name: string,
  whole: ExportTensor,
): ExportTensor[] | undefined {
  const lists = shard.list(`${name}.lists`, sample);
  if (lists.length === 0) return undefined;
  const [from] = shard.range(`${name}.lists`, sample);
  const apart = shard.has(`${name}.list_shapes`) ? shard.tensor(`${name}.list_shapes`) : undefined;
  let end = 0;
  return lists.map((rows, index) => {
    const rank = apart?.shape[1] ?? 0, at = (from + index) * rank;
    const shape = apart
      ? shard.numbers(`${name}.list_shapes`, at, at + rank)
      : [rows, ...whole.shape.slice(1)];
    const begin = end, own = { dtype: whole.dtype, shape };
    end += byteLengthOf(own);
    return { ...own, bytes: async () => (await whole.bytes()).subarray(begin, begin + byteLengthOf(own)) };
  });
}

function positionOf(shard: ShardFile, sample: number): number {
  return shard.numbers("sample_position", sample, sample + 1)[0];
}
