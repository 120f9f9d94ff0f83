/**
 * Times the planning of many pictures of one size, a million where no count is given: `plans.ts [COUNT]`.
 * Prints of each family the time of a picture, the memory that the plan takes beside the list of sizes, and
 * the longest time from one turn of others to the next. Planning gives one about every 10 ms, and collecting
 * garbage is in these times.
 */
import { columnsText } from "../src/cli/output/table.ts";
import { recipeFromConfig } from "../src/recipes/config.ts";
import { planInSlices } from "../src/recipes/plan_in_slices.ts";
import { runtime } from "../src/runtime/here.ts";

const count = Number(Deno.args[0] ?? 1_000_000);

const CONFIGS: Record<string, object> = {
  "Qwen2-VL": { image_processor_type: "Qwen2VLImageProcessor" },
  "CLIP": { image_processor_type: "CLIPImageProcessor" },
  "LLaVA-NeXT": { image_processor_type: "LlavaNextImageProcessor" },
  "InternVL": { image_processor_type: "GotOcr2ImageProcessor", crop_to_patches: true },
  "Idefics3": { image_processor_type: "Idefics3ImageProcessor" },
  "Llama 3.2": { image_processor_type: "MllamaImageProcessor" },
  "SigLIP 2": { image_processor_type: "Siglip2ImageProcessor" },
};

/** Returns the MiB that lists and arrays take, once garbage is collected where V8 lets it (`--expose-gc`). */
function memory(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = Deno.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

const { turn } = runtime;
let began = 0, longest = 0;
/** Notes the time since the last turn. */
function noteTurn(): void {
  longest = Math.max(longest, performance.now() - began);
}
runtime.turn = async () => {
  noteTurn();
  await turn();
  began = performance.now();
};

const pictures = Array.from({ length: count }, () => ({ width: 640, height: 480 }));
const rows = [["family", "us a picture", "MiB", "longest block, ms", "images"]];
const before = memory();
for (const [name, config] of Object.entries(CONFIGS)) {
  const recipe = recipeFromConfig(config), samples = Array<number>(Math.ceil(count / 4)).fill(4);
  await planInSlices(recipe, pictures.slice(0, 1000)); // compiled before it is timed
  const start = performance.now();
  began = start;
  longest = 0;
  const plan = await planInSlices(recipe, pictures, "f32", samples);
  noteTurn();
  const us = (performance.now() - start) * 1000 / count, mib = memory() - before; // the last plan is garbage
  rows.push([name, us.toFixed(2), mib.toFixed(0), longest.toFixed(0), String(plan.images.length)]);
}
console.log(columnsText(rows, [false, true, true, true, true]));
