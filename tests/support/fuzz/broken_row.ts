/** A row for a test: by what it draws, a case is sound, wrong, a raw error, or the end of the process. */

import type { FuzzRow } from "../../fuzz/fuzz_row.ts";

export const deadline = 60;

const ENDS = ["sound", "wrong", "raw", "dead"];

export async function open(): Promise<FuzzRow> {
  await Deno.makeTempDir(); // left behind, as where a process is killed
  return {
    input: (draw) => ({ bytes: new TextEncoder().encode(ENDS[draw(ENDS.length)]), ending: "bin" }),
    attack({ bytes }) {
      const end = new TextDecoder().decode(bytes);
      if (end === "raw") throw new RangeError("it is broken\nin two lines");
      if (end === "dead") Deno.exit(3);
      return Promise.resolve(end === "wrong" ? "it is wrong" : undefined);
    },
  };
}
