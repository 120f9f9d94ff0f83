import { assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { Tables } from "../../src/gpu/device/tables.ts";
import { Drawing } from "../../src/gpu/drawing.ts";
import type { CanvasView } from "../../src/plan/view.ts";

Deno.test("Drawing puts no marks on a canvas of floats, where a mark would be no pixel", () => {
  const size = { width: 3, height: 2 }, mark = { box: { left: 0, top: 0, right: 1, bottom: 1 } };
  const view: CanvasView = {
    kind: "canvas",
    canvas: size,
    fill: [1, 2, 3],
    placements: [],
    marks: [{ ...mark, color: [9, 8, 7] }],
  };
  const buffer = {} as GPUBuffer, drawing = new Drawing(new Tables({} as GPUDevice), 2 ** 20);
  const add = (pixelWords: number) => {
    const canvas = { ...size, pixelWords, span: { buffer, from: 0, to: 6 * pixelWords } };
    drawing.add(view, canvas, () => canvas, () => undefined);
  };
  add(1);
  assertThrows(() => add(3), VitrailError, "a canvas of floats has 1 marks; it can have none");
});
