import { AssertionError } from "@std/assert";
import type { Call } from "../../../src/engine/call.ts";
import { Engine } from "../../../src/engine/engine.ts";
import type { RunOptions } from "../../../src/engine/options.ts";
import type { Batch } from "../../../src/engine/results/batch.ts";
import type { Verification } from "../../../src/engine/verify/compare.ts";
import type { Dtype } from "../../../src/plan/dtype.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { differencesOf } from "./differences.ts";

/**
 * Fails unless elements were compared with the reference's, and none differs.
 * @param verified a batch that was run with `verify`, or what a comparison found
 */
export function assertVerified(verified: Batch | Verification, label = ""): void {
  const found = "outputs" in verified ? verified.verification : verified;
  const text = found === undefined ? "the batch was not run with verify" : complaintOf(found);
  if (text !== undefined) throw new AssertionError(label ? `${label}: ${text}` : text);
}

/**
 * Runs a call with `verify` on a GPU, and fails as {@linkcode assertVerified} does. The message then has the
 * reference's values too, of the first row that differs. On the reference executor the call is only run: it
 * would be compared with itself.
 */
export async function runVerified<D extends Dtype = "f32">(
  engine: Engine,
  recipe: Recipe,
  call: Call,
  options: RunOptions<D> = {},
  label = recipe.name,
): Promise<Batch<D>> {
  if (engine.executor === "reference") return await engine.run(recipe, call, options);
  const batch = await engine.run(recipe, call, { ...options, verify: true });
  const text = complaintOf(batch.verification!);
  if (text === undefined) return batch;
  await using reference = await Engine.open({ executor: "reference" });
  const expected = await reference.run(recipe, call, options);
  throw new AssertionError([`${label}: ${text}`, ...await batchDifferences(batch, expected)].join("\n"));
}

/** Says what is wrong with a comparison; undefined where nothing is. */
function complaintOf({ elements, mismatches, largestError, at }: Verification): string | undefined {
  if (elements === 0) return "nothing was compared with the reference";
  if (mismatches === 0) return undefined;
  const counts = `${mismatches} of ${elements} elements are not the reference's`;
  const place = at ? `, at [${at.index.join(", ")}] of ${at.output}` : "";
  return `${counts}; the largest error is ${largestError}${place}`;
}

/** The differences of each output of pixels between a batch and the reference's batch of the same call. */
async function batchDifferences(batch: Batch, reference: Batch): Promise<string[]> {
  const texts: string[] = [];
  for (const [output, { dtype, shape }] of Object.entries(batch.plan.outputs)) {
    const [made, expected] = [batch.outputs[output], reference.outputs[output]];
    texts.push(differencesOf(await made.bytes(), await expected.bytes(), { output, dtype, shape }) ?? "");
  }
  return texts.filter((text) => text !== "");
}
