/**
 * A program that has lanes at work, and ends without closing its engine. It prints how many there are.
 *
 * @module
 */

import { Engine } from "../../../src/engine/engine.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { spyOnLanes } from "./lane_spy.ts";

const spy = spyOnLanes(), engine = await Engine.open({ executor: "simd", lanes: 1 });
const picture = { width: 9, height: 7, data: new Uint8Array(9 * 7 * 3).fill(50) };
function* pictures() {
  while (spy.made < 3) yield picture;
}
for await (const batch of engine.stream(customRecipe({ size: 16 }), pictures())) batch.dispose();
console.log(engine.lanes);
