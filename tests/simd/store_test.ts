import type { Size } from "../../src/plan/geometry.ts";
import { targetLayout } from "../../src/plan/view.ts";
import { Arena } from "../../src/simd/arena.ts";
import { byteElements } from "../../src/simd/element_tables.ts";
import { storeCanvas } from "../../src/simd/store.ts";
import { instantiateKernels } from "../../src/simd/wasm_kernels.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { synthetic } from "../support/pictures/synthetic.ts";

const CLIP_LIKE = { mean: [0.48, 0.45, 0.4], std: [0.26, 0.27, 0.28] } as const;
const VALUES = { rounding: "fused", rescale: 1 / 255, normalize: CLIP_LIKE } as const;

/** A layout, of a canvas of 64x48 unless it says another. */
interface Case {
  readonly pattern: string;
  readonly sizes: Record<string, number>;
  readonly copies?: number[];
  readonly canvas?: Size;
}

/** Layouts of patches: in one piece each, with gaps, of several copies; of no patch at all, and of tiles. */
const LAYOUTS: readonly Case[] = [
  { pattern: "c (h p) (w q) -> (h w) (c p q)", sizes: { p: 12, q: 8 } },
  { pattern: "c (h p) (w q) -> (w h) (c p q)", sizes: { p: 6, q: 16 } },
  { pattern: "c (h m p) (w n q) -> (h w m n) (c t p q)", sizes: { p: 12, q: 8, m: 2, n: 2, t: 2 } },
  { pattern: "c (h m p) (w n q) -> (h w m n) (t c p q)", sizes: { p: 12, q: 8, m: 2, n: 2, t: 3 } },
  { pattern: "c (h p) (w q) -> (h w) (c t p q)", sizes: { p: 12, q: 8, t: 3 }, copies: [0, 2] },
  { pattern: "c (h p) (w q) -> (h w) (p c q)", sizes: { p: 12, q: 8 } },
  { pattern: "c (h p) (w q) -> (h w) (p q c)", sizes: { p: 12, q: 8 } },
  { pattern: "c (h p) (w q) -> (h w) (p q c t)", sizes: { p: 12, q: 8, t: 2 } },
  { pattern: "c h w -> 1 c h w", sizes: {} },
  // Tiles of more lines than are stored at once.
  { pattern: "c h (w q) -> w c h q", sizes: { q: 256 }, canvas: { width: 512, height: 96 } },
];

for (const { pattern, sizes, copies, canvas = { width: 64, height: 48 } } of LAYOUTS) {
  Deno.test(`storeCanvas puts each byte's element where the layout says: ${pattern}`, () => {
    const kernels = instantiateKernels(), arena = new Arena(kernels.memory, 2 ** 24);
    const stride = canvas.width * 4 + 16, address = arena.take(stride * canvas.height);
    const pixels = synthetic({ kind: "noise", w: stride / 4, h: canvas.height, channels: 4, seed: 5 });
    arena.bytes.set(pixels, address);
    const layout = targetLayout(canvas, { pattern, sizes, copies });
    const { offsets: [channels, lines, columns], repeats } = layout, base = 40;
    const count = 3 * canvas.width * canvas.height * (sizes.t ?? 1) + base;
    for (const dtype of ["f32", "f16", "u8"] as const) {
      const elements = byteElements(VALUES, dtype);
      const type = { f32: Float32Array, f16: Uint16Array, u8: Uint8Array }[dtype];
      const output = new type(count).fill(9), expected = new type(count).fill(9);
      storeCanvas(kernels, arena, { ...canvas, address, stride }, layout, output, base, elements);
      for (const repeat of repeats) {
        for (let y = 0; y < canvas.height; y++) {
          for (let x = 0; x < canvas.width; x++) {
            for (let c = 0; c < 3; c++) {
              const at = base + channels[c] + lines[y] + columns[x] + repeat;
              expected[at] = elements[c][pixels[y * stride + x * 4 + c]];
            }
          }
        }
      }
      assertSameBytes(new Uint8Array(output.buffer), new Uint8Array(expected.buffer), { label: dtype });
    }
  });
}
