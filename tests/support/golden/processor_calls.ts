import { assert, assertEquals, assertThrows } from "@std/assert";
import { arrangedBytes } from "../../../src/engine/results/arranged.ts";
import { VitrailError } from "../../../src/errors.ts";
import { integerData } from "../../../src/plan/integers.ts";
import type { Backend } from "../../../src/recipes/backend.ts";
import type { Size } from "../../../src/plan/geometry.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { STANDARD_SAMPLE } from "../../tolerance.ts";
import type { ExecutorName } from "../../../src/engine/executor.ts";
import { type Execute, onExecutors, referenceMade, WITHOUT_GPU } from "../executors.ts";
import { assertGolden } from "./golden.ts";
import {
  type Call,
  classOf,
  isSummedOnCuda,
  type Output,
  processorSuites,
  type Suite,
  suiteName,
  tellsPython,
  type Whole,
} from "./processor_suites.ts";
import { assertSampled, checkCalls, EVERY_CALL, takenOf } from "./golden_calls.ts";
import { drawnPicture } from "../pictures/synthetic.ts";

/** numpy's names of element types. */
const DTYPES: Record<string, string> = {
  f32: "float32",
  i64: "int64",
  i32: "int32",
  bool: "bool",
  u8: "uint8",
  bf16: "bfloat16",
};

/** Classes of the goldens that have no family yet, without `Pil`. */
const NOT_YET: readonly string[] = [];

/**
 * Classes that cut off margins, which they find in the pixels: here that is refused by name. The pictures of
 * the goldens have none, so that the calls are Python's without.
 */
const WITHOUT_MARGINS: Readonly<Record<string, Record<string, unknown>>> = {
  NougatImageProcessor: { do_crop_margin: false },
};

/**
 * Classes whose saved config is another's, in Python too: the file then has a mean, and its colour is laid
 * around pictures in place of grey.
 */
const COLOURED_WHEN_SAVED: readonly string[] = [
  "DeepseekVLHybridImageProcessor",
  "DeepseekVLImageProcessor",
  "JanusImageProcessor",
];

/**
 * Classes that return their tensor under no name, on which the golden's maker failed with an AttributeError.
 * Here they give `pixel_values`, and each call is planned as the class beside it plans it.
 */
const NAMELESS: Readonly<Record<string, Record<string, unknown>>> = {
  IdeficsImageProcessor: { image_processor_type: "BlipImageProcessor", size: 224 },
};

const sizesOf = ({ srcs }: Call) => srcs;

/**
 * The executors of each backend's suites where not every call is taken. Those without a GPU find it skipped,
 * so that a backend whose suites run on that alone has SIMD in its place. The reference is held to Python by
 * torch's resizes, by clips and by the files of transformers 4, and to every call where all are taken.
 */
const SAMPLED_ON: Readonly<Record<Backend, readonly ExecutorName[]>> = {
  torchvision: ["webgpu", "simd"],
  "torchvision-cuda": [WITHOUT_GPU ? "simd" : "webgpu"],
  pil: ["simd"],
};

/**
 * Registers the suites of one backend, each as a test of `recipeFromConfig`: every call on each executor that
 * is named, or a call or two on those of them that {@linkcode SAMPLED_ON} has.
 */
export function testProcessors(backend: Backend, executors: readonly ExecutorName[]): void {
  const taken = executors.filter((name) => EVERY_CALL || SAMPLED_ON[backend].includes(name));
  for (const suite of suitesOf(backend)) {
    if (NOT_YET.includes(classOf(suite))) continue;
    const name = suiteName(suite);
    onExecutors(`recipeFromConfig gives transformers 5.17's bytes: ${name}`, async (execute, executor) => {
      const check = (call: Call) => requireCall(name, suite, call, execute);
      const calls = takenOf(suite.calls, sizesOf, backend === "torchvision-cuda" ? 1 : 2);
      await checkCalls(`tf517 ${name} on ${executor}`, calls, check);
    }, taken);
  }
}

/** Registers tests of one backend's suites themselves: of their samples, and of the classes they have. */
export function testSuites(backend: Backend): void {
  const suites = suitesOf(backend);
  Deno.test(`sampleOf takes a call or two of every suite of transformers 5.17 (${backend})`, () => {
    assertSampled(new Map(suites.map(({ calls, ...suite }) => [JSON.stringify(suite), calls])), sizesOf);
  });
  Deno.test(`FAMILIES have every class of transformers 5.17 but those that are named (${backend})`, () => {
    const known = new Set(FAMILIES.flatMap(({ types }) => types));
    const missing = new Set(suites.map(classOf).filter((name) => !known.has(name)));
    assertEquals([...missing].filter((name) => !NOT_YET.includes(name)), []);
    assertEquals(NOT_YET.filter((name) => known.has(name)), []);
  });
}

function suitesOf(backend: Backend): Suite[] {
  return processorSuites().filter((suite) => suite.backend === backend);
}

async function requireCall(
  name: string,
  { class: type, kwargs, config, backend }: Suite,
  { srcs, outputs, error }: Call,
  execute: Execute,
): Promise<void> {
  const label = `${name} ${JSON.stringify(srcs)}`;
  const own = WITHOUT_MARGINS[type.replace(/Pil$/, "")];
  const recipe = recipeFromConfig({ image_processor_type: type, ...kwargs, ...own }, { backend });
  const saved = recipeFromConfig({ ...config, ...own }, { backend });
  const pictures = srcs.map(drawnPicture);
  const like = NAMELESS[type.replace(/Pil$/, "")];
  if (like && error?.startsWith("AttributeError")) {
    const other = planSample(recipeFromConfig(like, { backend }), pictures);
    assertEquals(decided(planSample(recipe, pictures)), decided(other), label);
    return;
  }
  if (error !== undefined && !tellsPython({ error })) {
    requireSense(recipe, pictures);
    return;
  }
  if (error !== undefined) {
    assertThrows(() => planSample(recipe, pictures), VitrailError, undefined, label);
    return;
  }
  const plan = planSample(recipe, pictures);
  if (!COLOURED_WHEN_SAVED.includes(type.replace(/Pil$/, ""))) {
    const again = decided(planSample(saved, pictures));
    assertEquals(again, decided(plan), `${label}: the saved config is another's`);
  }
  const expected = outputs!;
  const names = [...Object.keys(plan.outputs), ...Object.keys(plan.integers)];
  assertEquals(names.sort(), Object.keys(expected).sort(), label);
  await requireIntegers(plan, expected, label);
  for (const [output, made] of Object.entries(await execute(plan, pictures))) {
    const reference = () => inOrder(plan, output, referenceMade(plan, pictures)[output]);
    const bytes = inOrder(plan, output, made);
    if (isSummedOnCuda({ class: type, backend })) {
      requireSamples(bytes, expected[output] as Whole, `${label}: ${output}`);
      continue;
    }
    await requireOutput(plan, output, bytes, expected[output], label, reference);
  }
}

/** Fails unless a tensor's shape is Python's, and each of its samples near. */
function requireSamples(bytes: Uint8Array, { shape, samples }: Whole, label: string): void {
  const floats = new Float32Array(bytes.slice().buffer), last = samples!.length - 1;
  assertEquals(floats.length, shape.reduce((a, b) => a * b), label);
  const off = samples!.flatMap((sample, i) => {
    const at = Math.floor(i * (floats.length - 1) / last), by = Math.abs(floats[at] - sample);
    return by <= STANDARD_SAMPLE ? [] : [`${by} at ${at}`];
  });
  assert(off.length === 0, `${label} is off by ${off.join(", by ")}`);
}

/** Returns an output's rows in the order in which the engine returns them. */
export function inOrder({ outputs }: Plan, output: string, bytes: Uint8Array): Uint8Array {
  return outputs[output].arranged ? arrangedBytes(bytes.slice(), outputs[output]) : bytes;
}

/** Fails where a call on which Python's own code broke is neither planned nor refused. */
function requireSense(recipe: Recipe, pictures: readonly Size[]): void {
  try {
    planSample(recipe, pictures);
  } catch (error) {
    if (!(error instanceof VitrailError)) throw error;
  }
}

/** The part of a plan that decides what executors make of it. */
function decided({ views, outputs, integers, recipe: { values } }: Plan): unknown {
  return { views, outputs, integers, values };
}

/** Fails unless an output's bytes are Python's: one tensor's, or in lists those of one after the other. */
async function requireOutput(
  plan: Plan,
  output: string,
  bytes: Uint8Array,
  expected: Output,
  label: string,
  reference: () => Uint8Array,
): Promise<void> {
  const { dtype, shape, as = shape, lists, shapes } = plan.outputs[output];
  if (!("list" in expected)) {
    assert("sha256" in expected, `${label}: ${output} is no tensor of Python's`);
    assertEquals([DTYPES[dtype], ...as], [expected.dtype, ...expected.shape], `${label}: ${output}`);
    await assertGolden(bytes, expected.sha256, { label, output, dtype, shape: as }, reference);
    return;
  }
  assertEquals(lists?.length, expected.list.length, `${label}: ${output} is as many lists`);
  let from = 0;
  const rowBytes = bytes.length / shape[0];
  for (const [i, rows] of lists!.entries()) {
    const own = expected.list[i], part = shapes?.[i] ?? [rows, ...shape.slice(1)];
    assert("sha256" in own, `${label}: ${output}[${i}] is no tensor of Python's`);
    assertEquals([DTYPES[dtype], ...part], [own.dtype, ...own.shape], `${label}: ${output}[${i}]`);
    const to = from + rows * rowBytes, slice = bytes.subarray(from, to), [start] = [from];
    const subject = { label, output: `${output}[${i}]`, dtype, shape: part };
    await assertGolden(slice, own.sha256, subject, () => reference().subarray(start, to));
    from = to;
  }
}

/** Fails unless what the sizes alone decide is Python's. */
async function requireIntegers(
  { integers }: Plan,
  outputs: Record<string, Output>,
  label: string,
): Promise<void> {
  for (const [output, integer] of Object.entries(integers)) {
    const data = integerData(integer), expected = outputs[output], { dtype, shape, lists } = integer;
    if (lists) {
      const ends = lists.map((_, i) => lists.slice(0, i + 1).reduce((a, b) => a + b));
      const read: (element: number | bigint) => unknown = dtype === "bool" ? Boolean : Number;
      const values = lists.map((length, i) => Array.from(data.subarray(ends[i] - length, ends[i]), read));
      assertEquals(values, valuesOf(expected), `${label}: ${output}`);
      continue;
    }
    if (!("sha256" in expected)) { // a list of Python's, which is a tensor here
      assertEquals(Array.from(data, Number), valuesOf(expected), `${label}: ${output}`);
      continue;
    }
    assertEquals([DTYPES[dtype], ...shape], [expected.dtype, ...expected.shape], `${label}: ${output}`);
    await assertGolden(new Uint8Array(data.buffer), expected.sha256, { label, output, dtype, shape });
  }
}

/** Returns lists of numbers as a golden has them. */
function valuesOf(output: Output): unknown {
  if ("value" in output) return output.value;
  return "list" in output ? output.list.map(valuesOf) : output;
}
