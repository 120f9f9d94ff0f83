import { assert, assertEquals } from "@std/assert";
import { compareRows } from "../../../src/engine/verify/compare.ts";
import { noDifference } from "../../../src/engine/verify/verify.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { referenceRows } from "../../../src/reference/reference_rows.ts";
import { onExecutors } from "../../support/executors.ts";
import { golden, sha256 } from "../../support/golden.ts";
import { type Synthetic, syntheticPicture } from "../../support/pictures/synthetic.ts";
import { recipeOf } from "../../support/pipeline.ts";
import { GLOBAL_F32 } from "../../tolerance.ts";

interface Case {
  src: Synthetic;
  pipeline: string;
  grid_hw?: [number, number];
  tokens?: [number];
  u8: { sha256: string };
  tiles_sha256?: string;
  out: { sha256: string; sha256_nofma?: string; shape: number[] };
}

const { records } = golden<{ records: Case[] }>("ixc");
const pipelines = [...new Set(records.map((record) => record.pipeline))];

for (const pipeline of pipelines) {
  onExecutors(`ixc golden: ${pipeline} is torchvision's, every byte`, async (execute) => {
    for (const record of records.filter((r) => r.pipeline === pipeline)) {
      const picture = syntheticPicture(record.src);
      const plan = planSample(recipeOf(pipeline), [picture]);
      const { pixel_values } = await execute(plan, [picture]);
      const label = `${pipeline} ${JSON.stringify(record.src)}`;
      const shape = plan.outputs.pixel_values.shape;
      assertEquals(record.tiles_sha256 ? shape : shape.slice(1), record.out.shape, label);
      if (record.tiles_sha256) {
        const { grid, tokens } = plan.images[0];
        assertEquals(grid, record.grid_hw, label);
        assertEquals([tokens], record.tokens, label);
        const tiles = pixel_values.subarray(pixel_values.length / shape[0]);
        assertEquals(sha256(tiles), record.tiles_sha256, `${label}: tiles`);
      }
      if (isGolden(pixel_values, record)) continue;
      // A GPU may fuse the global view's products and sums in an order of its own: see tests/tolerance.ts.
      const pictures = new Map([[0, picture]]);
      const [expected] = referenceRows(plan, 0, pictures), found = noDifference();
      assert(isGolden(expected.data, record), `${label}: all rows`);
      compareRows(
        found,
        { ...expected, data: pixel_values },
        expected,
        "f32",
        (row) => row === 0 ? GLOBAL_F32 : 0,
      );
      assertEquals(found.mismatches, 0, `${label}: all rows`);
    }
  });
}

/** Whether all rows are those of one of torch's two builds. */
function isGolden(bytes: Uint8Array, { out }: Case): boolean {
  return [out.sha256, out.sha256_nofma].includes(sha256(bytes));
}
