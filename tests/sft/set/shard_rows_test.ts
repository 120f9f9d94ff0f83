import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { Engine } from "../../../src/engine/engine.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import { pixelRows } from "../../../src/sft/set/pixel_rows.ts";
import { ShardRows } from "../../../src/sft/set/shard_rows.ts";
import { bytesOfUnit, unitsOf } from "../../../src/sft/set/unit.ts";
import { WaitingRows } from "../../../src/sft/set/waiting_rows.ts";
import { assertSameBytes } from "../../support/compare/assert_same.ts";
import { bmpOf } from "../../support/pictures/bmp.ts";
import { drawnPicture } from "../../support/pictures/synthetic.ts";
import { inFolder } from "../../support/temporary_folder.ts";

/** Pictures of which the second has no tiles, and so fills one output alone. */
const PICTURES = [
  { kind: "noise", w: 90, h: 40, seed: 1 },
  { kind: "mix", w: 20, h: 25 },
  { kind: "grad", w: 61, h: 120 },
].map(drawnPicture);

const RECIPE = recipeFromConfig({
  image_processor_type: "DeepseekOcr2ImageProcessor",
  size: { height: 64, width: 64 },
  tile_size: 32,
});

/** Returns the names of a folder's files. */
async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

Deno.test("ShardRows make a picture of two outputs once, and keep the second until it is asked for", () =>
  inFolder(async (folder) => {
    await using engine = await Engine.open({ executor: "simd" });
    const plan = planSample(RECIPE, PICTURES), outputs = Object.keys(plan.outputs);
    const files = PICTURES.map((size, index) => {
      return { name: `${index}`, path: `${index}`, size, bytes: 0, changed: 0 };
    });
    const units = unitsOf(plan, files), asked: string[] = [], planned = new WaitingRows();
    let most = 0;
    for (const unit of units) {
      planned.add(Object.keys(unit.kinds).map((output) => [output, bytesOfUnit(unit, "f32", output)]));
    }
    assertEquals(units.map(({ kinds }) => Object.keys(kinds).length), [2, 1, 2]);
    using whole = await engine.run(RECIPE, PICTURES);
    for (const order of [outputs, outputs.toReversed()]) {
      asked.length = 0;
      const tries = {
        pictureOf({ name }: { name: string }) {
          asked.push(name);
          return Promise.resolve(bmpOf(PICTURES[Number(name)]));
        },
        failures: new Map(),
        tryAll: false,
      };
      const options = { dtype: "f32", orient: "ignore", maxPixels: 2 ** 20 } as const;
      {
        await using rows = new ShardRows(
          units,
          (own) => pixelRows(engine, own, options, tries),
          (output) => join(folder, output),
        );
        for (const output of order) {
          const pieces = await Array.fromAsync(rows.of(output), (piece) => piece.slice());
          const bytes = new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
          const { dtype, shape } = plan.outputs[output];
          assertSameBytes(bytes, await whole.outputs[output].bytes(), {
            label: output,
            output,
            dtype,
            shape,
          });
        }
        assertEquals(await namesIn(folder), order.slice(1));
        most = Math.max(most, (await Deno.stat(join(folder, order[1]))).size);
      }
      assertEquals(asked, ["0", "1", "2"]);
      assertEquals(await namesIn(folder), []);
    }
    assertEquals(planned.most(), most);
  }));
