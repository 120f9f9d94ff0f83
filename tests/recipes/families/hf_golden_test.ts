import { assert, assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import { integerData } from "../../../src/plan/integers.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { onExecutors } from "../../support/executors.ts";
import { golden, sha256 } from "../../support/golden.ts";
import { type Synthetic, syntheticPicture } from "../../support/pictures/synthetic.ts";

interface Output {
  shape?: number[];
  dtype?: string;
  sha256?: string;
  value?: unknown;
}

interface Case {
  srcs: Synthetic[];
  preset: string;
  processor: string;
  kwargs: Record<string, unknown>;
  outputs: Record<string, Output>;
  /** What Python raised in place of outputs. */
  error?: string;
}

const DTYPES: Record<string, string> = { f32: "float32", i64: "int64", i32: "int32", bool: "bool" };

/** The first file, and one for each family that came after it. */
const files = [...Deno.readDirSync(new URL("../../goldens", import.meta.url))]
  .flatMap(({ name }) => /^(hf_\w+)\.json$/.exec(name)?.[1] ?? []).sort();
const records = files.flatMap((file) => golden<{ records: Case[] }>(file).records);
const presets = Map.groupBy(records, ({ processor, preset }) => `${processor} ${preset}`);

/** A case's recipe, by its class as a config names it. */
function recipeOf({ processor, kwargs }: Case) {
  const family = FAMILIES.find(({ name }) => name === processor);
  assert(family, `no family is called ${processor}`);
  return recipeFromConfig({ image_processor_type: family.types[0], ...kwargs });
}

for (const [preset, cases] of presets) {
  onExecutors(`hf golden: ${preset} is transformers', every byte`, async (execute) => {
    for (const record of cases) {
      const pictures = record.srcs.map(syntheticPicture);
      const label = `${preset} ${JSON.stringify(record.srcs)}`;
      if (record.error) {
        assertThrows(() => planSample(recipeOf(record), pictures), VitrailError, undefined, label);
        continue;
      }
      const plan = planSample(recipeOf(record), pictures);
      const names = [...Object.keys(plan.outputs), ...Object.keys(plan.integers)];
      assertEquals(names.sort(), Object.keys(record.outputs).sort(), label);
      requireIntegers(plan, record, label);
      for (const [name, bytes] of Object.entries(await execute(plan, pictures))) {
        const { shape, as, dtype } = plan.outputs[name], expected = record.outputs[name];
        assertEquals(as ?? shape, expected.shape, `${label}: ${name}`);
        assertEquals(DTYPES[dtype], expected.dtype, `${label}: ${name}`);
        assertEquals(sha256(bytes), expected.sha256, `${label}: ${name}`);
      }
    }
  });
}

function requireIntegers({ integers }: Plan, { outputs }: Case, label: string): void {
  for (const [name, output] of Object.entries(integers)) {
    const data = integerData(output), expected = outputs[name];
    if (output.lists) {
      let at = 0;
      const lists = output.lists.map((length) => Array.from(data.subarray(at, at += length), Number));
      assertEquals(lists, expected.value, `${label}: ${name}`);
      continue;
    }
    assertEquals(output.shape, expected.shape, `${label}: ${name}`);
    assertEquals(DTYPES[output.dtype], expected.dtype, `${label}: ${name}`);
    assertEquals(sha256(new Uint8Array(data.buffer)), expected.sha256, `${label}: ${name}`);
  }
}

Deno.test("hf golden: every family has goldens", () => {
  const proved = new Set(records.map(({ processor }) => processor));
  assertEquals(FAMILIES.filter(({ name }) => !proved.has(name)), []);
});
