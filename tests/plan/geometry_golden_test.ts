import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { golden } from "../support/golden/golden.ts";
import { recipeOf } from "../support/pipeline.ts";

const tables = golden<Record<string, unknown>>("geometry");

for (const [name, rows] of Object.entries(tables)) {
  if (!name.includes("/")) continue;
  const [family, hd] = name.split("/");
  const pipeline = family === "ixc25_video" ? family : `${family}_${hd}`;
  Deno.test(`planSample gives the reference code's geometry: ${name}`, () => {
    const recipe = recipeOf(pipeline);
    for (const row of rows as number[][]) {
      const [width, height, contentWidth, contentHeight, top, , outWidth, outHeight] = row;
      const label = `${name} ${row}`;
      if (contentWidth === 0 || contentHeight === 0) {
        assertThrows(
          () => planSample(recipe, [{ width, height }]),
          VitrailError,
          `${width}x${height}`,
          label,
        );
        continue;
      }
      const { content, canvas, offset } = planSample(recipe, [{ width, height }]).images[0];
      assertEquals(canvas, { width: outWidth, height: outHeight }, label);
      const turned = width < height;
      const expected = { width: contentWidth, height: contentHeight };
      assertEquals(content, turned ? { width: contentHeight, height: contentWidth } : expected, label);
      if (family !== "ixc25_video") assertEquals(offset, turned ? { x: top, y: 0 } : { x: 0, y: top }, label);
    }
  });
}
