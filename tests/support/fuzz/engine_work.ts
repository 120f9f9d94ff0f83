/** Work of an engine that attacks interrupt, and what it gives when it is left alone. */

import type { Engine } from "../../../src/engine/engine.ts";
import type { RunOptions } from "../../../src/engine/options.ts";
import { customRecipe } from "../../../src/recipes/tiled/custom.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";
import { goldenFeatures } from "../features.ts";
import { fixtureUrl } from "../pictures/fixtures.ts";
import { syntheticPicture } from "../pictures/synthetic.ts";
import { oneOf } from "./draws.ts";
import type { Draw } from "./draws.ts";

const recipe = customRecipe({ size: 56 });

/** Files and pixels of several sizes, enough for several chunks of a small memory. */
const PICTURES = [
  ...["rgb-420.jpg", "rgba.png", "lossless.webp", "rgb-lzw.tif"].map(fixtureUrl),
  ...[1, 2, 3, 4].map((seed) => {
    return syntheticPicture({ kind: "noise", w: 190 - seed * 17, h: 60 + seed * 25, seed });
  }),
];

/** One piece of work; it gives the bytes of all results. */
export interface EngineWork {
  name: string;
  run(engine: Engine, options: RunOptions): Promise<Uint8Array[]>;
}

/** Returns one of several kinds of work. */
export function engineWork(draw: Draw): EngineWork {
  const pictures = Array.from({ length: 1 + draw(8) }, () => oneOf(draw, PICTURES));
  const kinds: EngineWork[] = [
    {
      name: "run",
      async run(engine, options) {
        using batch = await engine.run(recipe, pictures, options);
        return [(await batch.pixelValues.bytes()).slice()];
      },
    },
    {
      name: "stream",
      async run(engine, options) {
        const bytes: Uint8Array[] = [];
        for await (const batch of engine.stream(recipe, pictures, options)) {
          bytes.push((await batch.pixelValues.bytes()).slice());
          batch.dispose();
        }
        return bytes;
      },
    },
    {
      name: "splice",
      async run(engine, { to }) {
        const { images, features, newline, separator } = goldenFeatures(336, 4, [[2, 1], [1, 1]]);
        const { tokens } = await engine.splice(ixc24khd(), features, images, { newline, separator, to });
        return [(await tokens.bytes()).slice()];
      },
    },
    {
      name: "rearrange",
      async run(engine) {
        const data = Float32Array.from({ length: 600 }, (_, at) => at);
        const { data: moved } = await engine.rearrange({ shape: [20, 30], data }, "a b -> b a");
        return [new Uint8Array(moved.buffer.slice(0))];
      },
    },
  ];
  return draw(3) > 0 ? kinds[draw(2)] : oneOf(draw, kinds);
}

/** Returns whether two results have the same bytes. */
export function sameBytes(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length &&
    a.every((own, at) => own.length === b[at].length && own.every((byte, index) => byte === b[at][index]));
}
