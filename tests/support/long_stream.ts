/**
 * A program that streams pictures on a GPU, and prints as JSON by how many MiB its process grew from the 20th
 * batch to the 120th. It is a process of its own because others that run in the same one would be measured
 * with it.
 *
 * @module
 */

import { Engine } from "../../src/engine/engine.ts";
import { customRecipe } from "../../src/recipes/tiled/custom.ts";
import { residentMiB } from "./memory.ts";
import { synthetic } from "./pictures/synthetic.ts";

const [EARLY, LATE] = [20, 120];

/** Pictures without end. */
function* pictures() {
  for (let seed = 1;; seed++) {
    yield { width: 24, height: 14, data: synthetic({ kind: "noise", w: 24, h: 14, seed }) };
  }
}

await using engine = await Engine.open({ executor: "webgpu" });
let seen = 0, before = 0;
for await (const batch of engine.stream(customRecipe({ size: 512, tile: 512 }), pictures())) {
  await batch.pixelValues.data(); // 3 MiB each, 300 MiB from early to late
  if (++seen === EARLY) before = residentMiB();
  if (seen === LATE) break;
}
console.log(JSON.stringify({ grown: residentMiB() - before }));
