/**
 * Disks that are full after some bytes: a small file system in memory where this process may mount one, else
 * writes that fail.
 */

import { join } from "node:path";
import { type Disk, memoryDisk } from "../../support/fuzz/memory_disk.ts";
import { firstDifference } from "../../support/fuzz/first_difference.ts";
import { smallSet } from "../../support/fuzz/small_set.ts";
import { filesIn } from "../../support/sft/data_set.ts";
import { type Ran, vitrail } from "../../support/vitrail.ts";
import type { FuzzRow } from "../fuzz_row.ts";

export const deadline = 30;

/** Shards of the set. */
const SHARDS = 8;

/** Returns a disk whose writes fail after some bytes, as the system says it. */
function failingDisk(folder: string): Disk {
  const { write } = Deno.FsFile.prototype;
  return {
    folder,
    async within(bytes, work) {
      let left = bytes;
      Deno.FsFile.prototype.write = async function (data) {
        if (left <= 0) {
          throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
        }
        const written = await write.call(this, data.subarray(0, left));
        left -= written;
        return written;
      };
      try {
        return await work();
      } finally {
        Deno.FsFile.prototype.write = write;
      }
    },
    close: () => Promise.resolve(),
  };
}

export async function open(): Promise<FuzzRow> {
  const folder = await Deno.makeTempDir({ prefix: "vitrail-fuzz-" }), set = await smallSet(folder, SHARDS);
  const right = join(folder, "whole"), place = join(folder, "disk");
  await Deno.mkdir(place);
  await vitrail(...set, "--out", right);
  const size = [...(await filesIn(right)).values()].reduce((sum, { length }) => sum + length, 0);
  const disk = await memoryDisk(place) ?? failingDisk(place);
  return {
    input(draw) {
      return { bytes: new TextEncoder().encode(`${draw(Math.ceil(size * 1.1))}`), ending: "bytes" };
    },
    async attack({ bytes }) {
      const free = Number(new TextDecoder().decode(bytes)), out = join(disk.folder, "out");
      const full: Ran = await disk.within(free, () => vitrail(...set, "--out", out));
      const lines = full.err.split("\n").filter((line) => /^vitrail: /.test(line));
      if (full.status !== 0 && lines.length !== 1) return `it says ${JSON.stringify(full.err)}`;
      const { status, err } = await vitrail(...set, "--out", out);
      if (status !== 0) return `it does not go on: ${err}`;
      const wrong = firstDifference(await filesIn(out), await filesIn(right));
      await Deno.remove(out, { recursive: true });
      return wrong;
    },
    async close() {
      await disk.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
