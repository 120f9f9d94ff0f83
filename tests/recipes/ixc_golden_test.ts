import { assertEquals } from "@std/assert";
import { planSample } from "../../src/plan/plan.ts";
import { onBackends } from "../support/backends.ts";
import { golden, sha256 } from "../support/golden.ts";
import { recipeOf } from "../support/pipeline.ts";
import { type Synthetic, syntheticPicture } from "../support/synthetic.ts";

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
  onBackends(`ixc golden: ${pipeline} is torchvision's, every byte`, async (execute) => {
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
      const found = sha256(pixel_values);
      const fused = record.out.sha256_nofma !== undefined && found === record.out.sha256;
      assertEquals(found, fused ? found : record.out.sha256_nofma ?? record.out.sha256, `${label}: all rows`);
    }
  });
}
