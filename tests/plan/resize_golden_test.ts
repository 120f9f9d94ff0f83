import { assertEquals } from "@std/assert";
import type { Filter } from "../../src/plan/filters.ts";
import type { Box, Size } from "../../src/plan/geometry.ts";
import { wholeOf } from "../../src/plan/geometry.ts";
import type { StoredPicture } from "../../src/plan/picture.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { ixc2 } from "../../src/recipes/ixc.ts";
import { onBackends } from "../support/backends.ts";
import { golden, sha256 } from "../support/golden.ts";
import { type Synthetic, syntheticPicture } from "../support/synthetic.ts";

interface Case {
  src: Synthetic & { mode?: string };
  filter: string;
  size: [number, number];
  box?: [number, number, number, number];
  sha256: string;
}

/** A plan of one resampled picture, stored as Pillow stores it: bytes `[1, h, w, c]`. */
function resizePlan(picture: StoredPicture, content: Size, filter: Filter, crop: Box): Plan {
  const target = { output: "bytes", pattern: "c h w -> 1 h w c", sizes: {}, row: 0, rows: 1 };
  const placement = {
    source: { picture: 0 },
    crop,
    content,
    offset: { x: 0, y: 0 },
    filter,
    order: "horizontal-first",
  };
  const view = {
    kind: "canvas",
    canvas: content,
    fill: [0, 0, 0],
    placements: [placement],
    marks: [],
    target,
  };
  return {
    recipe: ixc2(),
    pictures: [picture],
    views: [view],
    images: [{ views: [0, 1] }],
    outputs: { bytes: { dtype: "u8", shape: [1, content.height, content.width, 3] } },
  } as unknown as Plan;
}

for (const file of ["resize", "resize_box"]) {
  const { records } = golden<{ records: Case[] }>(file);
  for (const filter of new Set(records.map((record) => record.filter))) {
    onBackends(`${file} golden: ${filter} is Pillow's, every byte`, async (execute) => {
      for (const { src, size, box, sha256: expected } of records.filter((r) => r.filter === filter)) {
        const picture = syntheticPicture(src);
        const [left, top, right, bottom] = box ?? [0, 0, 0, 0];
        const crop = box ? { left, top, right, bottom } : wholeOf(picture);
        const content = { width: size[0], height: size[1] };
        const plan = resizePlan(picture, content, filter.toLowerCase() as Filter, crop);
        const { bytes } = await execute(plan, [picture]);
        assertEquals(sha256(bytes), expected, `${filter} ${JSON.stringify(src)} to ${size}, box ${box}`);
      }
    });
  }
}
