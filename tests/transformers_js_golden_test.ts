import { assert, assertEquals } from "@std/assert";
import type { Engine } from "../src/engine/engine.ts";
import { recipeFromConfig } from "../src/recipes/config.ts";
import { asImageProcessor } from "../src/transformers_js.ts";
import { onEngines } from "./support/executors.ts";
import { assertGolden, golden } from "./support/golden/golden.ts";
import { checkCalls, EVERY_CALL, takenOf } from "./support/golden/golden_calls.ts";
import type { Synthetic } from "./support/pictures/synthetic.ts";
import {
  bytesOfTensor,
  rawImageOf,
  type TheirProcessor,
  type TheirTensor,
  transformers,
  wordTokenizer,
} from "./support/transformers.ts";
import { QWEN } from "./support/transformers_configs.ts";

/** One call of Python's image processor, with its default backend. */
interface Call {
  srcs: Synthetic[];
  outputs: Record<string, { shape: number[]; dtype: string; sha256: string }>;
}

type RawPicture = { width: number; height: number; data: Uint8Array };

/** The calls of one class, made in one way. */
interface Suite {
  class: string;
  preset: string;
  calls: Call[];
}

const calls = golden<{ results: Suite[] }>("tf517/torchvision").results.filter((suite) =>
  suite.class === QWEN.image_processor_type && suite.preset === "default"
).flatMap(({ calls }) => calls);

const files = {
  "preprocessor_config.json": QWEN,
  "tokenizer_config.json": { tokenizer_class: "PreTrainedTokenizer" },
  "tokenizer.json": wordTokenizer(["<|image_pad|>"], ["which", "window", "is", "older"]),
};
const { AutoProcessor, RawImage, Tensor } = await transformers(files);

onEngines("asImageProcessor has Qwen2VLProcessor give Python's tensors and tokens", async (engine) => {
  const processor = await AutoProcessor.from_pretrained("some/model");
  const recipe = recipeFromConfig((processor.components.image_processor as { config: unknown }).config);
  processor.components.image_processor = asImageProcessor(recipe, engine, { Tensor });
  const several = calls.filter(({ srcs }) => srcs.length > 1);
  assert(several.length > 0);
  const taken = EVERY_CALL ? calls : [...takenOf(calls, ({ srcs }) => srcs), ...several];
  await checkCalls(`transformers.js qwen2_vl default (${engine.executor})`, taken, async (call) => {
    await requireCall(call, processor, engine);
  });
});

async function requireCall(
  { srcs, outputs }: Call,
  processor: TheirProcessor,
  engine: Engine,
): Promise<void> {
  const images = srcs.map((source) => rawImageOf(RawImage, source)), label = JSON.stringify(srcs);
  const prompt = `which ${images.map(() => "<|image_pad|>").join(" ")} is older`;
  const inputs = await processor(prompt, srcs.length === 1 ? images[0] : images);
  for (const [output, { dtype, shape, sha256 }] of Object.entries(outputs)) {
    const tensor = inputs[output] as TheirTensor;
    assert(tensor instanceof Tensor, `${label}: ${output}`);
    assertEquals([tensor.type, tensor.dims], [dtype, shape], `${label}: ${output}`);
    const short = dtype === "float32" ? "f32" : "i64";
    await assertGolden(bytesOfTensor(tensor), sha256, { label, output, dtype: short, shape });
  }
  const batch = await engine.run(recipeFromConfig(QWEN), images as unknown as RawPicture[]);
  const pads = Array.from((inputs.input_ids as TheirTensor).data).filter((id) => Number(id) === 0);
  assertEquals(pads.length, batch.tokens, label);
  assertEquals(inputs.original_sizes, srcs.map(({ w, h }) => [h, w]), label);
  const canvases = batch.images.map(({ canvas }) => [canvas.height, canvas.width]);
  assertEquals(inputs.reshaped_input_sizes, canvases, label);
}
