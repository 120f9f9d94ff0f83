import { assertEquals } from "@std/assert";
import type { Filter } from "../../src/plan/tables/filters.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { onExecutors, referenceMade } from "../support/executors.ts";
import { assertGolden, golden } from "../support/golden/golden.ts";
import { assertSampled, checkCalls, takenOf } from "../support/golden/golden_calls.ts";
import { drawnPicture, type Synthetic } from "../support/pictures/synthetic.ts";

/** One resize of torchvision's: of bytes, antialiased. */
interface Row extends Synthetic {
  to: [number, number];
  filter: Filter;
  /** The sha256 of `[3, height, width]` bytes on a CPU with AVX2 or AVX-512. */
  cpu: string;
  /** The same on a GPU by CUDA. */
  cuda: string;
}

const { rows } = golden<{ rows: Row[] }>("tf517/resize");
const suites = Map.groupBy(rows, ({ filter }) => filter);

const sizesOf = (row: Row) => [row, { w: row.to[0], h: row.to[1] }];

/** The processors that the rows were made on, and whose resampler follows each. */
const WAYS = [
  { processor: "CPU", resampler: "torch-cpu", key: "cpu" },
  { processor: "GPU", resampler: "torch-cuda", key: "cuda" },
] as const;

for (const [filter, own] of suites) {
  for (const { processor, resampler, key } of WAYS) {
    const name = `customRecipe gives torchvision's bytes on a ${processor}: ${filter}`;
    onExecutors(name, async (execute, executor) => {
      await checkCalls(`${resampler} ${filter} (${executor})`, takenOf(own, sizesOf), async (row) => {
        const [width, height] = row.to, picture = drawnPicture(row);
        const layout = "c h w -> 1 c h w";
        const recipe = customRecipe({ size: { width, height }, filter, resampler, layout });
        const plan = planSample(recipe, [picture], "u8"), made = await execute(plan, [picture]);
        const label = `${row.kind} ${row.w}x${row.h} to ${width}x${height}`;
        const subject = { label, dtype: "u8" as const, shape: [3, height, width] };
        const reference = () => referenceMade(plan, [picture]).pixel_values;
        await assertGolden(made.pixel_values, row[key], subject, reference);
      });
    });
  }
}

Deno.test("sampleOf takes a resize or two of every filter of tf517/resize.json", () => {
  assertEquals([...suites.keys()].sort(), ["bicubic", "bilinear"]);
  assertSampled(suites, sizesOf);
});
