/**
 * A program that believes to have 24 cores, each of which decodes a picture in a while. It prints as JSON
 * how many are decoded at once, and in which order.
 *
 * @module
 */

import { encodePng } from "../../../src/codecs/encode_png.ts";
import { decodeSlowly } from "./slow_decoder.ts";

const CORES = 24;

/** The time that a picture takes, ms. */
const DECODE = 24;

/** The memory of the engine that has little, and the side of its pictures, of which it holds a few. */
const LITTLE = 4 * 2 ** 20, SIDE = 300;

Object.defineProperty(navigator, "hardwareConcurrency", { value: CORES });
const { Engine } = await import("../../../src/engine/engine.ts"); // it counts the cores at once
const { customRecipe } = await import("../../../src/recipes/tiled/custom.ts");

const recipe = customRecipe({ size: 24 });
const pictureOf = (width: number, height: number) => {
  return encodePng(width, height, new Uint8Array(width * height * 4).fill(255));
};

/** Streams equal pictures, and returns the most that were decoded at once. */
async function mostOfStream(count: number, side: number, memory?: number): Promise<number> {
  using slow = decodeSlowly(DECODE);
  await using engine = await Engine.open({ executor: "simd", lanes: 0, memory });
  const pictures = Array<Uint8Array>(count).fill(await pictureOf(side, side));
  for await (const batch of engine.stream(recipe, pictures)) batch.dispose();
  return slow.most;
}

/** Runs one call of pictures, each wider than the one before, and returns their pixels as they were begun. */
async function orderOfCall(count: number): Promise<{ most: number; begun: number[] }> {
  using slow = decodeSlowly(DECODE);
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const pictures = await Promise.all(Array.from({ length: count }, (_, index) => pictureOf(10 + index, 8)));
  (await engine.run(recipe, pictures)).dispose();
  return { most: slow.most, begun: slow.begun };
}

const streamed = await mostOfStream(80, 16), call = await orderOfCall(60);
const bounded = await mostOfStream(40, SIDE, LITTLE), held = Math.floor(LITTLE / (SIDE * SIDE * 4));
console.log(JSON.stringify({ streamed, call, bounded, held }));
