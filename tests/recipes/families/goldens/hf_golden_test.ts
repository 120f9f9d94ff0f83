import { assert, assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../../src/errors.ts";
import { integerData } from "../../../../src/plan/integers.ts";
import type { Plan } from "../../../../src/plan/plan.ts";
import { recipeFromConfig } from "../../../../src/recipes/config.ts";
import { FAMILIES } from "../../../../src/recipes/families/families.ts";
import { planSample } from "../../../../src/recipes/plan_sample.ts";
import { type Execute, onExecutors, referenceMade } from "../../../support/executors.ts";
import { assertGolden, golden } from "../../../support/golden/golden.ts";
import { assertSampled, checkCalls, takenOf } from "../../../support/golden/golden_calls.ts";
import { drawnPicture, type Synthetic } from "../../../support/pictures/synthetic.ts";

interface Output {
  shape?: number[];
  dtype?: string;
  sha256?: string;
  value?: unknown;
}

/** One call of a processor of transformers. */
interface Call {
  srcs: Synthetic[];
  preset: string;
  processor: string;
  kwargs: Record<string, unknown>;
  outputs: Record<string, Output>;
  /** The exception that Python raised in place of outputs. */
  error?: string;
}

/** numpy's names of element types. */
const DTYPES: Record<string, string> = { f32: "float32", i64: "int64", i32: "int32", bool: "bool" };

/** The first file, and one for each family that came after it. */
const files = [...Deno.readDirSync(new URL("../../../goldens", import.meta.url))]
  .flatMap(({ name }) => /^(hf_\w+)\.json$/.exec(name)?.[1] ?? []).sort();
const calls = files.flatMap((file) => golden<{ records: Call[] }>(file).records);
const suites = Map.groupBy(calls, ({ processor, preset }) => `${processor} ${preset}`);

const sizesOf = ({ srcs }: Call) => srcs;

for (const [suite, own] of suites) {
  onExecutors(`recipeFromConfig gives transformers' bytes: ${suite}`, async (execute, executor) => {
    await checkCalls(
      `hf ${suite} (${executor})`,
      takenOf(own, sizesOf, 1),
      (call) => requireCall(call, execute),
    );
  });
}

async function requireCall(call: Call, execute: Execute): Promise<void> {
  const { processor, preset, kwargs, srcs, outputs, error } = call;
  const label = `${processor} ${preset} ${JSON.stringify(srcs)}`;
  const family = FAMILIES.find(({ name }) => name === processor);
  assert(family, `no family is called ${processor}`);
  const recipe = recipeFromConfig({ image_processor_type: family.types[0], backend: "pil", ...kwargs });
  const pictures = srcs.map(drawnPicture);
  if (error !== undefined) {
    assertThrows(() => planSample(recipe, pictures), VitrailError, undefined, label);
    return;
  }
  const plan = planSample(recipe, pictures);
  const names = [...Object.keys(plan.outputs), ...Object.keys(plan.integers)];
  assertEquals(names.sort(), Object.keys(outputs).sort(), label);
  await requireIntegers(plan, call, label);
  for (const [output, bytes] of Object.entries(await execute(plan, pictures))) {
    const { dtype, shape, as = shape } = plan.outputs[output], expected = outputs[output];
    assertEquals([DTYPES[dtype], ...as], [expected.dtype, ...expected.shape!], `${label}: ${output}`);
    const subject = { label, output, dtype, shape: as };
    await assertGolden(bytes, expected.sha256!, subject, () => referenceMade(plan, pictures)[output]);
  }
}

/** Fails unless what the sizes alone decide is Python's. */
async function requireIntegers({ integers }: Plan, { outputs }: Call, label: string): Promise<void> {
  for (const [output, integer] of Object.entries(integers)) {
    const data = integerData(integer), expected = outputs[output], { dtype, shape, lists } = integer;
    if (lists) {
      const ends = lists.map((_, i) => lists.slice(0, i + 1).reduce((a, b) => a + b));
      const values = lists.map((length, i) => Array.from(data.subarray(ends[i] - length, ends[i]), Number));
      assertEquals(values, expected.value, `${label}: ${output}`);
      continue;
    }
    assertEquals([DTYPES[dtype], ...shape], [expected.dtype, ...expected.shape!], `${label}: ${output}`);
    await assertGolden(new Uint8Array(data.buffer), expected.sha256!, { label, output, dtype, shape });
  }
}

Deno.test("sampleOf takes a call or two of every suite of hf_*.json", () => {
  assertSampled(suites, sizesOf);
});

Deno.test("FAMILIES have goldens, each of them", () => {
  const newer = ["pil", "torchvision"].flatMap((file) =>
    golden<{ results: { family: string }[] }>(`tf517/${file}`).results
  );
  const proved = new Set([...calls.map(({ processor }) => processor), ...newer.map(({ family }) => family)]);
  assertEquals(FAMILIES.filter(({ name }) => !proved.has(name)), []);
});
