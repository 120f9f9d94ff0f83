import { assertEquals } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { EVERY_CALL } from "../../support/golden/golden_calls.ts";
import { type Call, processorSuites, type Suite, suiteName } from "../../support/golden/processor_suites.ts";
import { assertPythonTensor } from "../../support/golden/python_tensor.ts";
import { madeSet } from "../../support/sft/golden_set.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** The classes whose sets are made in every run, with the element type that their pixels are stored in. */
const CLASSES: Readonly<Record<string, "u8" | "f32">> = {
  Qwen2VLImageProcessor: "u8",
  Idefics3ImageProcessor: "u8",
  Gemma3ImageProcessor: "u8",
  PixtralImageProcessor: "u8", // a padding of 0 after normalising
  MllamaImageProcessor: "u8",
  LlavaNextImageProcessor: "u8",
  GotOcr2ImageProcessor: "u8", // InternVL's
  DeepseekOcr2ImageProcessor: "u8",
  MiniCPMV4_6ImageProcessor: "u8",
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
  const first = suites.find((other) => other.class === suite.class);
  if (!EVERY_CALL && (suite !== first || !Object.hasOwn(CLASSES, suite.class))) continue;
  if (callsOf(suite).length === 0) continue; // Python gives its tensor no name
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
      await assertPythonTensor(tensor, expected![name], `${label}: ${name}`);
    }
  }
}

/** Returns a suite's calls that give outputs; where not all are taken, the smallest of several pictures. */
function callsOf(suite: Suite): readonly Call[] {
  const good = suite.calls.filter(({ outputs }) => outputs !== undefined);
  if (EVERY_CALL) return good;
  const pixels = ({ srcs }: Call) => srcs.reduce((sum, { w, h }) => sum + w * h, 0);
  return good.filter(({ srcs }) => srcs.length > 1).toSorted((a, b) => pixels(a) - pixels(b)).slice(0, 1);
}
