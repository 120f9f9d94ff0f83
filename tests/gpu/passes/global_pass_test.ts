import { numbersOf } from "../../../src/engine/verify/compare.ts";
import { FORMAT, perWord } from "../../../src/gpu/element_words.ts";
import { GlobalParams } from "../../../src/gpu/passes/global_pass.ts";
import { TableTextures } from "../../../src/gpu/passes/table_textures.ts";
import type { Dtype } from "../../../src/plan/dtype.ts";
import type { Size } from "../../../src/plan/geometry.ts";
import { CLIP_MEAN, CLIP_STD, torchvisionValues, valueTable } from "../../../src/plan/tables/values.ts";
import { globalView } from "../../../src/reference/global_view.ts";
import { toDtype } from "../../../src/reference/rounding.ts";
import { onDevice } from "../../support/executors.ts";
import { dispatched, UNTOUCHED } from "../../support/gpu/dispatch.ts";
import { synthetic } from "../../support/pictures/synthetic.ts";
import { assertEquals } from "@std/assert";

const table = valueTable(torchvisionValues(CLIP_MEAN, CLIP_STD));

/** The kernel's view of a noise canvas, and the reference's. */
async function views(
  device: GPUDevice,
  canvas: Size,
  { width, height }: Size,
  base: number,
  dtype: Dtype,
  fused = false,
) {
  const data = synthetic({ kind: "noise", w: canvas.width, h: canvas.height, seed: canvas.width });
  const stride = Math.ceil(canvas.width / 64) * 64;
  const packed = new Uint32Array(stride * canvas.height).fill(0x7f7f7f7f); // what a wrong stride would read
  for (let i = 0; i < canvas.width * canvas.height; i++) {
    const at = Math.floor(i / canvas.width) * stride + i % canvas.width;
    packed[at] = data[i * 3] | data[i * 3 + 1] << 8 | data[i * 3 + 2] << 16 | 0xff << 24;
  }
  const tables = new TableTextures(device);
  const made = await dispatched(device, {
    kernel: "global",
    constants: {
      FORMAT: FORMAT[dtype],
      ODD_COLUMNS: canvas.width / width % 2,
      ODD_LINES: canvas.height / height % 2,
      FUSED: Number(fused),
    },
    uniform: GlobalParams.bytes({
      canvas: [canvas.width, canvas.height],
      size: [width, height],
      stride,
      base,
      lineFrom: 0,
      canvasFrom: 0,
    }),
    groups: [Math.ceil(width / 64 / perWord(dtype)), height, 1],
    inputs: [packed, tables.values("clip", () => table)],
    words: (base + 3 * width * height) / perWord(dtype) + 1,
  });
  tables.close();
  return { made, expected: globalView({ ...canvas, data }, table, { width, height }, fused) };
}

onDevice("global.wgsl takes scales 1 to 7, and widths around a workgroup", async (device) => {
  for (const [across, down] of [[1, 1], [2, 2], [3, 5], [4, 3], [5, 2], [2, 7], [6, 4]]) {
    for (const width of [1, 63, 64, 65]) {
      const size = { width, height: 5 }, canvas = { width: width * across, height: 5 * down };
      const { made, expected } = await views(device, canvas, size, 3, "f32");
      const label = `${across} by ${down}, ${width} wide`;
      assertEquals([...made.subarray(0, 3), made.at(-1)], Array(4).fill(UNTOUCHED), label);
      assertEquals(new Float32Array(made.buffer, 12, expected.length), expected, label);
    }
  }
});

onDevice("global.wgsl takes products that are fused with their sums", async (device) => {
  for (const [across, down] of [[2, 2], [3, 4], [6, 1]]) {
    const size = { width: 65, height: 5 }, canvas = { width: 65 * across, height: 5 * down };
    const { made, expected } = await views(device, canvas, size, 3, "f32", true);
    assertEquals(new Float32Array(made.buffer, 12, expected.length), expected, `${across} by ${down}`);
  }
});

for (const dtype of ["f16", "bf16"] as const) {
  onDevice(`global.wgsl fills words: ${dtype}`, async (device) => {
    for (const [across, down] of [[1, 1], [3, 5], [2, 4]]) {
      for (const width of [2, 126, 128, 130]) {
        const size = { width, height: 4 }, canvas = { width: width * across, height: 4 * down };
        const { made, expected } = await views(device, canvas, size, 6, dtype);
        const label = `${across} by ${down}, ${width} wide`;
        assertEquals([...made.subarray(0, 3), made.at(-1)], Array(4).fill(UNTOUCHED), label);
        const found = numbersOf(new Uint8Array(made.buffer, 12, expected.length * 2), dtype);
        assertEquals(found, numbersOf(toDtype(expected, dtype), dtype), label);
      }
    }
  });
}
