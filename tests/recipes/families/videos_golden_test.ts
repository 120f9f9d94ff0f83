import { assert, assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import type { DerivedOutput } from "../../../src/plan/derived.ts";
import { integerData } from "../../../src/plan/integers.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { VIDEO_FAMILIES } from "../../../src/recipes/families/clips/video_families.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { type Execute, type Made, onExecutors, referenceMade } from "../../support/executors.ts";
import { assertGolden, golden } from "../../support/golden/golden.ts";
import { checkCalls, EVERY_CALL } from "../../support/golden/golden_calls.ts";
import { inOrder } from "../../support/golden/processor_calls.ts";
import { type SyntheticClip, syntheticClip } from "../../support/pictures/synthetic_clip.ts";

/** A tensor of Python's, or a value that is none. */
interface Output {
  shape?: number[];
  dtype?: string;
  sha256?: string;
  value?: unknown;
}

/** A clip as a class of transformers 5.17 gave it. */
interface Record517 {
  clip: SyntheticClip;
  outputs?: Record<string, Output>;
  /** The exception that Python raised in place of outputs. */
  error?: string;
}

/** The clips of one class. */
interface Suite {
  class: string;
  /** All its fields, as its `to_dict` gives them. */
  config: Record<string, unknown>;
  records: Record517[];
}

/** numpy's names of element types. */
const DTYPES: Record<string, string> = {
  f32: "float32",
  i64: "int64",
  i32: "int32",
  bool: "bool",
  u8: "uint8",
};

/** The outputs that are no tensors: what Python was told of the clip, handed back. */
const NO_TENSORS = ["video_metadata"];

const suites = golden<{ results: Suite[] }>("tf517/videos").results;

for (const suite of suites) {
  onExecutors(
    `recipeFromConfig gives transformers 5.17's clips: ${suite.class}`,
    async (execute, executor) => {
      await checkCalls(
        `tf517 ${suite.class} on ${executor}`,
        // The smallest clip, of one frame, says little where Python refuses it.
        EVERY_CALL ? suite.records : suite.records.filter(({ clip, error }) => clip.frames < 6 && !error),
        (record) => requireClip(suite, record, execute),
      );
    },
  );
}

async function requireClip(suite: Suite, { clip, outputs, error }: Record517, execute: Execute) {
  const label = `${suite.class} ${JSON.stringify(clip)}`;
  const type = { video_processor_type: suite.class };
  const planned = (recipe: Recipe) => planSample(recipe, frames, "f32", [clip.frames]);
  const frames = syntheticClip(clip);
  if (error !== undefined) {
    assertThrows(() => planned(recipeFromConfig(type)), VitrailError, undefined, label);
    return;
  }
  const plan = planned(recipeFromConfig(type)), saved = planned(recipeFromConfig(suite.config));
  assertEquals([saved.views, saved.outputs], [plan.views, plan.outputs], `${label}: the saved config`);
  const expected = Object.entries(outputs!).filter(([name]) => !NO_TENSORS.includes(name));
  const names = [plan.outputs, plan.integers, plan.derived].flatMap((outputs) => Object.keys(outputs));
  assertEquals(names.sort(), expected.map(([name]) => name).sort(), label);
  const made = await execute(plan, frames);
  for (const [output, { shape, dtype, sha256, value }] of expected) {
    const derived = plan.derived[output];
    const integer = derived
      ? { ...derived, values: derivedOf(derived, made[derived.of]) }
      : plan.integers[output];
    if (sha256 === undefined) {
      assertEquals([...integerData(integer)].map(Number), value, `${label}: ${output}`);
      continue;
    }
    const { dtype: ours, shape: rows, as = rows } = integer
      ? { ...integer, as: undefined }
      : plan.outputs[output];
    assertEquals([DTYPES[ours], ...as], [dtype, ...shape!], `${label}: ${output}`);
    const returned = (made: Made) => inOrder(plan, output, made[output]);
    const bytes = integer ? new Uint8Array(integerData(integer).buffer) : returned(made);
    const reference = integer ? undefined : () => returned(referenceMade(plan, frames));
    await assertGolden(bytes, sha256, { label, output, dtype: ours, shape: as }, reference);
  }
}

/** Returns what an output makes of another's bytes. */
function derivedOf(
  { derive }: DerivedOutput,
  { buffer, byteOffset, byteLength }: Uint8Array,
): readonly number[] {
  return derive(new Float32Array(buffer, byteOffset, byteLength / 4));
}

Deno.test("VIDEO_FAMILIES have every class of tf517", () => {
  const known = new Set(VIDEO_FAMILIES.flatMap(({ types }) => types));
  const missing = suites.map((suite) => suite.class).filter((name) => !known.has(name));
  assertEquals(missing, []);
  assert(suites.length === 24);
});
