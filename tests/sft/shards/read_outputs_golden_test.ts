import { assert, assertEquals } from "@std/assert";
import type { Tensor } from "../../../src/engine/results/tensor.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { ELEMENT_BYTES } from "../../../src/plan/dtype.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { assertGolden } from "../../support/golden/golden.ts";
import { EVERY_CALL } from "../../support/golden/golden_calls.ts";
import {
  type Call,
  isRefused,
  type Output,
  processorSuites,
  type Suite,
  suiteName,
} from "../../support/golden/processor_suites.ts";
import { madeSet } from "../../support/sft/golden_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** numpy's names of element types. */
const DTYPES: Record<string, string> = {
  f32: "float32",
  i64: "int64",
  i32: "int32",
  bool: "bool",
  u8: "uint8",
};

/** The classes whose sets are made in every run, with the element type that their pixels are stored in. */
const CLASSES: Readonly<Record<string, "u8" | "f32">> = {
  Qwen2VLImageProcessor: "u8",
  Idefics3ImageProcessor: "u8",
  Gemma3ImageProcessor: "u8",
  PixtralImageProcessor: "f32", // padding with 0 after normalising, which no byte becomes
  MllamaImageProcessor: "u8",
  LlavaNextImageProcessor: "u8",
  GotOcr2ImageProcessor: "u8", // InternVL's
  Lfm2VlImageProcessor: "u8",
  DeepseekOcr2ImageProcessor: "u8",
  MiniCPMV4_6ImageProcessor: "u8",
  Phi4MultimodalImageProcessor: "f32", // a global view
  CHMv2ImageProcessor: "f32", // tensors of several shapes
};

/** The engine of all tests here. */
let engine: Engine;

Deno.test.beforeAll(async () => {
  engine = await Engine.open({ executor: "simd", memory: 2 ** 31 });
});

Deno.test.afterAll(() => engine.close());

const suites = processorSuites().filter(({ backend }) => backend === "torchvision");

for (const suite of suites) {
  if (callsOf(suite).length === 0) continue; // Python gives its tensor no name
  const first = suites.find((other) => other.class === suite.class);
  if (!EVERY_CALL && (suite !== first || !Object.hasOwn(CLASSES, suite.class))) continue;
  Deno.test(`readOutputs gives Python's outputs of each sample of a set: ${suiteName(suite)}`, () =>
    inFolder((folder) => requireSuite(folder, suite)));
}

/** Fails unless a set of a suite's calls, read back, has Python's outputs. */
async function requireSuite(folder: string, suite: Suite): Promise<void> {
  const { class: image_processor_type, kwargs, backend } = suite;
  const margins = image_processor_type.startsWith("Nougat") ? { do_crop_margin: false } : {};
  const pictures = recipeFromConfig({ image_processor_type, ...kwargs, ...margins }, { backend });
  const calls = callsOf(suite), sources = calls.map(({ srcs }) => ({ pictures: srcs }));
  const { samples, plan: { layout } } = await madeSet(engine, folder, { pictures }, sources);
  if (!EVERY_CALL) assertEquals(layout.dtype, CLASSES[suite.class], layout.why);
  for (const [index, { outputs }] of samples.entries()) {
    const { outputs: expected, srcs } = calls[index], label = `${suiteName(suite)} ${JSON.stringify(srcs)}`;
    assertEquals(Object.keys(outputs).sort(), Object.keys(expected!).sort(), label);
    for (const [name, tensor] of Object.entries(outputs)) {
      await requireTensor(tensor, expected![name], `${label}: ${name}`);
    }
  }
}

/**
 * Returns a suite's calls that give outputs. Where not all are taken, these are the smallest of several
 * pictures, and the smallest of one.
 */
function callsOf(suite: Suite): readonly Call[] {
  const good = suite.calls.filter(({ srcs, outputs }) =>
    outputs !== undefined && !isRefused(`${suiteName(suite)} ${JSON.stringify(srcs)}`)
  );
  if (EVERY_CALL) return good;
  const pixels = ({ srcs }: Call) => srcs.reduce((sum, { w, h }) => sum + w * h, 0);
  const bySize = good.toSorted((a, b) => pixels(a) - pixels(b));
  const several = bySize.find(({ srcs }) => srcs.length > 1);
  return [several, bySize.find(({ srcs }) => srcs.length === 1)].filter((call) => call !== undefined);
}

/** Fails unless a tensor is Python's: one, a list of them, or numbers in lists. */
async function requireTensor(tensor: Tensor, expected: Output, label: string): Promise<void> {
  const { dtype, shape, lists, shapes, name: output } = tensor;
  const bytes = await tensor.bytes();
  if ("sha256" in expected) {
    assertEquals([DTYPES[dtype], ...shape], [expected.dtype, ...expected.shape], label);
    await assertGolden(bytes, expected.sha256, { label, output, dtype, shape });
    return;
  }
  if ("value" in expected || !lists || dtype !== "f32") {
    assertEquals(Array.from(await tensor.data(), Number), numbersOf(expected), label);
    return;
  }
  const width = ELEMENT_BYTES[dtype];
  let from = 0;
  for (const [index, rows] of lists.entries()) {
    const own = expected.list[index], part = shapes?.[index] ?? [rows, ...shape.slice(1)];
    const to = from + part.reduce((a, b) => a * b, width), slice = bytes.slice(from, to);
    from = to;
    assert("sha256" in own, `${label}[${index}] is no tensor of Python's`);
    assertEquals([DTYPES[dtype], ...part], [own.dtype, ...own.shape], label);
    await assertGolden(slice, own.sha256, { label, output: `${output}[${index}]`, dtype, shape: part });
  }
  assert(from === bytes.length, label);
}

function numbersOf(output: Output): unknown[] {
  if ("value" in output) return [output.value].flat(9).map(Number);
  return "list" in output ? output.list.flatMap(numbersOf) : [];
}
