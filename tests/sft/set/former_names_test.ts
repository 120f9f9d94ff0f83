import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { writeSafetensors } from "../../../src/formats/safetensors.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { readShard } from "../../../src/sft/set/read_shard.ts";
import { turns } from "../../support/sft/data_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** The tensors of one sample without pictures. */
function tensorsOf(record: unknown) {
  const [text, json] = ["hello", JSON.stringify(record)].map((value) => new TextEncoder().encode(value));
  const long = (name: string, ...values: bigint[]) => {
    return { name, dtype: "I64", shape: [values.length], data: BigInt64Array.from(values) } as const;
  };
  const bytes = (name: string, data: Uint8Array) => {
    return { name, dtype: "U8", shape: [data.length], data } as const;
  };
  return [
    { name: "sample_position", dtype: "I32", shape: [1], data: Int32Array.of(0) } as const,
    { name: "sample_pictures", dtype: "I32", shape: [0, 1], data: new Int32Array() } as const,
    long("sample_pictures_offsets", 0n, 0n),
    bytes("text", text),
    long("text_offsets", 0n, BigInt(text.length)),
    bytes("record", json),
    long("record_offsets", 0n, BigInt(json.length)),
  ];
}

Deno.test("readShard gives the recipe of a shard of 0.1.0 under the names that its parts have now", () =>
  inFolder(async (folder) => {
    const recipe = customRecipe({ maxTiles: 4, tile: 112, resampler: "torch-cuda" });
    const { resampler: _, parameters: { resampler: __, ...others }, ...rest } = recipe;
    const arithmetic = "torch";
    const { rounding, ...values } = recipe.values;
    const former = {
      ...rest,
      arithmetic,
      parameters: { ...others, arithmetic },
      values: { ...values, arithmetic: rounding },
    };
    const path = join(folder, "shard.safetensors"), tensors = tensorsOf({ conversations: turns("a", "b") });
    const since = { ...recipe, resampler: "torch", parameters: { ...others, resampler: "torch" } };
    for (const written of [former, since, recipe]) {
      const metadata = { format: "vitrail-shard-1", dtype: "u8", recipe: JSON.stringify(written) };
      await writeSafetensors(path, tensors, metadata);
      const [sample] = await Array.fromAsync(readShard(path));
      assertEquals([sample.recipe, sample.text], [recipe, "hello"]);
    }
  }));
