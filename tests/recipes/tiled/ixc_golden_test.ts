import { assertEquals } from "@std/assert";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { type Execute, onExecutors, referenceMade } from "../../support/executors.ts";
import { assertGolden, golden, sha256 } from "../../support/golden/golden.ts";
import { assertSampled, checkCalls, takenOf } from "../../support/golden/golden_calls.ts";
import { drawnPicture, type Synthetic } from "../../support/pictures/synthetic.ts";
import { recipeOf } from "../../support/pipeline.ts";

/** One picture through one of the reference code's pipelines. */
interface Call {
  src: Synthetic;
  pipeline: string;
  grid_hw?: [number, number];
  tokens?: [number];
  /** Of the tiles alone; the pipelines of one picture have none. */
  tiles_sha256?: string;
  /** Of all rows, as torch's two builds give them: with fused products and sums, and without. */
  out: { sha256: string; sha256_nofma?: string; shape: number[] };
}

const suites = Map.groupBy(golden<{ records: Call[] }>("ixc").records, ({ pipeline }) => pipeline);

const sizesOf = ({ src }: Call) => [src];

for (const [pipeline, calls] of suites) {
  onExecutors(`planSample gives the reference code's rows: ${pipeline}`, async (execute, executor) => {
    const taken = takenOf(calls, sizesOf);
    await checkCalls(`ixc ${pipeline} (${executor})`, taken, (call) => requireCall(call, execute));
  });
}

async function requireCall(call: Call, execute: Execute): Promise<void> {
  const { src, pipeline, grid_hw, tokens, tiles_sha256, out } = call;
  const label = `${pipeline} ${JSON.stringify(src)}`, output = "pixel_values", dtype = "f32";
  const picture = drawnPicture(src), plan = planSample(recipeOf(pipeline), [picture]);
  const { shape } = plan.outputs[output], made = (await execute(plan, [picture]))[output];
  const reference = () => referenceMade(plan, [picture])[output];
  assertEquals(tiles_sha256 ? shape : shape.slice(1), out.shape, label);
  if (tiles_sha256) {
    assertEquals(plan.images[0].grid, grid_hw, label);
    assertEquals([plan.images[0].tokens], tokens, label);
    const global = made.length / shape[0], tiles = [shape[0] - 1, ...shape.slice(1)];
    const subject = { label: `${label}: tiles`, output, dtype, shape: tiles } as const;
    await assertGolden(made.subarray(global), tiles_sha256, subject, () => reference().subarray(global));
  }
  if (isGolden(made, call)) return;
  await assertGolden(made, out.sha256, { label, output, dtype, shape }, reference);
}

/** Returns whether all rows are those of one of torch's two builds. */
function isGolden(bytes: Uint8Array, { out }: Call): boolean {
  return [out.sha256, out.sha256_nofma].includes(sha256(bytes));
}

Deno.test("sampleOf takes a call or two of every pipeline of ixc.json", () => {
  assertSampled(suites, sizesOf);
});
