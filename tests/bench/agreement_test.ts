import { assertEquals } from "@std/assert";
import { agreement } from "../../bench/cases/agreement.ts";
import type { Promised } from "../../bench/peers/programs.ts";
import type { Work } from "../../bench/peers/work.ts";
import { inFolder } from "../support/temporary_folder.ts";

const WORK: Work = { task: "qwen", pictures: [], decoded: false };

/** Two rows of 64 values each, as a peer's result would have them. */
const VALUES = Float32Array.from({ length: 128 }, (_, index) => Math.sin(index * 0.7));

/** Compares a peer's values with `VALUES`, and returns whether it kept its promise. */
function kept(values: Float32Array<ArrayBuffer>, promise: Promised): Promise<boolean> {
  return inFolder(async (folder) => {
    const [mine, theirs] = [`${folder}/mine`, `${folder}/theirs`], shape = [2, 64];
    await Deno.writeFile(mine, new Uint8Array(VALUES.buffer));
    await Deno.writeFile(theirs, new Uint8Array(values.buffer));
    const found = await agreement(WORK, { shape, path: mine }, { shape, path: theirs }, promise);
    return found.kept;
  });
}

Deno.test("agreement takes values of other filters for close, and no others", async () => {
  const noisy = VALUES.map((value, index) => value + 0.04 * (-1) ** index);
  assertEquals(await kept(noisy, "close"), true);
  assertEquals(await kept(noisy, "bytes"), false);
  assertEquals(await kept(VALUES.toReversed(), "close"), false);
  assertEquals(await kept(new Float32Array(128), "close"), false);
  assertEquals(await kept(VALUES.map((value, index) => index === 90 ? NaN : value), "close"), false);
  assertEquals(await kept(VALUES.slice(1), "close"), false);
  assertEquals(await kept(VALUES.slice(), "bytes"), true);
});
