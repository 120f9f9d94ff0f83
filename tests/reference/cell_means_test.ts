import { assertEquals } from "@std/assert";
import { cellGrid, meanFactor } from "../../src/plan/tables/cells.ts";
import { cellMeans } from "../../src/reference/cell_means.ts";
import { sha256 } from "../support/golden/golden.ts";
import { synthetic } from "../support/pictures/synthetic.ts";
import { python, withPython } from "../support/python.ts";

Deno.test("meanFactor divides whole cells of one value into that value", () => {
  for (let count = 1; count <= 3000; count++) {
    const means = [0, 1, 128, 255].map((byte) => {
      return Math.floor((byte * count + Math.floor(count / 2)) * meanFactor(count) / 2 ** 24);
    });
    assertEquals(means, [0, 1, 128, 255], `${count} pixels`);
  }
});

Deno.test("cellGrid has a pixel for what is left of a cell", () => {
  assertEquals(cellGrid({ width: 7, height: 6 }, { width: 3, height: 2 }), { width: 3, height: 3 });
});

/** Sizes of pictures, and of their cells. */
const SIZES = [
  [32, 24, 2, 2],
  [33, 25, 2, 2],
  [34, 26, 3, 3],
  [33, 25, 4, 4],
  [33, 24, 5, 5],
  [33, 25, 1, 7],
  [33, 25, 6, 1],
  [65, 49, 30, 23],
  [33, 25, 32, 26],
  [91, 73, 11, 13],
];

const REDUCE = `
import base64, hashlib, json, sys
from PIL import Image
for width, height, across, down, data in json.loads(sys.argv[1]):
    image = Image.frombytes("RGB", (width, height), base64.b64decode(data)).reduce((across, down))
    print(hashlib.sha256(image.tobytes()).hexdigest())
`;

await withPython(
  "cellMeans gives Pillow's bytes of Image.reduce",
  async () => {
    const cases = SIZES.map(([width, height, across, down], seed) => {
      const data = synthetic({ kind: "noise", w: width, h: height, seed: seed + 1 });
      return { source: { width, height, data }, cell: { width: across, height: down } };
    });
    const given = cases.map(({ source: { width, height, data }, cell }) => {
      return [width, height, cell.width, cell.height, data.toBase64()];
    });
    const expected = (await python(REDUCE, JSON.stringify(given))).trim().split("\n");
    assertEquals(cases.map(({ source, cell }) => sha256(cellMeans(source, cell).data)), expected);
  },
  "PIL",
);
