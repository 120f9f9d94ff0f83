import { assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { transposedSize } from "../../src/plan/geometry.ts";
import { planSample } from "../../src/recipes/plan_sample.ts";
import { golden } from "../support/golden/golden.ts";
import { checkCalls } from "../support/golden/golden_calls.ts";
import { recipeOf } from "../support/pipeline.ts";

/**
 * By pipeline: width and height of a picture, of its content, the padding above and below, width and height
 * of its canvas.
 */
type Row = [number, number, number, number, number, number, number, number];

const tables = golden<Record<string, unknown>>("geometry");

for (const [name, rows] of Object.entries(tables)) {
  if (!name.includes("/")) continue;
  const [family, hd] = name.split("/");
  const pipeline = family === "ixc25_video" ? family : `${family}_${hd}`;
  Deno.test(`planSample gives the reference code's geometry: ${name}`, async () => {
    await checkCalls(`geometry ${name}`, rows as Row[], (row) => requireRow(row, pipeline));
  });
}

/**
 * Fails unless a plan's geometry is a row's, whose content and padding are transposed where a picture is
 * higher than wide.
 */
function requireRow(row: Row, pipeline: string): void {
  const [width, height, contentWidth, contentHeight, top, , outWidth, outHeight] = row;
  const recipe = recipeOf(pipeline), label = `${pipeline} ${row}`, text = `${width}x${height}`;
  if (contentWidth === 0 || contentHeight === 0) {
    assertThrows(() => planSample(recipe, [{ width, height }]), VitrailError, text, label);
    return;
  }
  const { content, canvas, offset } = planSample(recipe, [{ width, height }]).images[0];
  assertEquals(canvas, { width: outWidth, height: outHeight }, label);
  const transposed = width < height;
  const expected = { width: contentWidth, height: contentHeight };
  assertEquals(content, transposed ? transposedSize(expected) : expected, label);
  if (pipeline === "ixc25_video") return;
  assertEquals(offset, transposed ? { x: top, y: 0 } : { x: 0, y: top }, label);
}
