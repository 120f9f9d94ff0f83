/**
 * Times every SIMD kernel alone, on one core: medians of 15 rounds of one 1920×1080 picture on 1680×1008, and
 * in each round a copy of as many bytes within the same memory. Prints a table, or with `--json` the figures.
 */
import { targetLayout } from "../src/plan/view.ts";
import { tapsOf } from "../src/plan/tables/taps.ts";
import { ixc24khd } from "../src/recipes/tiled/ixc.ts";
import { Arena } from "../src/simd/arena.ts";
import { byteElements } from "../src/simd/element_tables.ts";
import { storeCanvas } from "../src/simd/store.ts";
import { writeTaps } from "../src/simd/tap_tables.ts";
import { instantiateKernels } from "../src/simd/wasm_kernels.ts";
import { synthetic } from "../tests/support/pictures/synthetic.ts";
import { type Figure, figureOf, median } from "./report/figure.ts";
import { tableOf } from "./report/table.ts";

const ROUNDS = 15;
const SOURCE = { width: 1920, height: 1080 }, CONTENT = { width: 1680, height: 945 };
const CANVAS = { width: 1680, height: 1008 }, TILE = { width: 336, height: 336 };

const kernels = instantiateKernels(), arena = new Arena(kernels.memory, 2 ** 30);
const { values, filter } = ixc24khd();
const across = tapsOf({ filter, size: SOURCE.width, from: 0, to: SOURCE.width, length: CONTENT.width });
const down = tapsOf({ filter, size: SOURCE.height, from: 0, to: SOURCE.height, length: CONTENT.height });
const source = arena.take(SOURCE.width * SOURCE.height * 4),
  lines = arena.take(CONTENT.width * SOURCE.height * 4);
const canvas = arena.take(CANVAS.width * CANVAS.height * 4),
  planes = arena.take(TILE.width * TILE.height * 12);
const copied = arena.take(SOURCE.width * SOURCE.height * 4), table = arena.take(3 * 256 * 4);
const tapsX = { 3: writeTaps(arena, across, 3), 4: writeTaps(arena, across, 4) },
  tapsY = writeTaps(arena, down, 1);
const { width, height } = SOURCE;
arena.bytes.set(synthetic({ kind: "noise", w: width, h: height, channels: 4, seed: 1 }), source);

const elements = byteElements(values, "f32");
const target = {
  output: "pixel_values",
  pattern: "c (h p) (w q) -> (h w) c p q",
  sizes: { p: TILE.height, q: TILE.width },
  row: 0,
  rows: 15,
};
const layout = targetLayout(CANVAS, target), tiles = new Float32Array(CANVAS.width * CANVAS.height * 3);
const canvasLines = { ...CANVAS, address: canvas, stride: CANVAS.width * 4 };
/** Qwen2-VL's patches, of two frames of one picture. */
const patches = targetLayout(CANVAS, {
  pattern: "c (h m p) (w n q) -> (h w m n) (c t p q)",
  sizes: { p: 14, q: 14, m: 2, n: 2, t: 2 },
});
const halves = byteElements(values, "bf16"), patched = new Uint16Array(CANVAS.width * CANVAS.height * 6);

/** One kernel: its work, the pixels that it makes, and the bytes that it reads and writes. */
interface Work {
  name: string;
  pixels: number;
  bytes: number;
  work(): void;
}

function horizontal(bytes: 3 | 4): Work {
  const kernel = bytes === 3 ? kernels.horizontalRgb : kernels.horizontalRgba;
  const { address, stride } = tapsX[bytes], made = CONTENT.width * height;
  const from = width * bytes, to = CONTENT.width * 4;
  return {
    name: `horizontal, ${bytes} bytes a pixel`,
    pixels: made,
    bytes: width * height * bytes + made * 4,
    work: () => kernel(source, from, height, address, stride, CONTENT.width, lines, to),
  };
}

const area = CANVAS.width * CANVAS.height, small = TILE.width * TILE.height, line = CONTENT.width * 4;
const WORKS: readonly Work[] = [
  horizontal(3),
  horizontal(4),
  {
    name: "vertical",
    pixels: CONTENT.width * CONTENT.height,
    bytes: CONTENT.width * (height + CONTENT.height) * 4,
    work: () =>
      kernels.vertical(lines, line, line, tapsY.address, tapsY.stride, CONTENT.height, canvas, line),
  },
  {
    name: "store, f32 tiles",
    pixels: area,
    bytes: area * (4 + 12),
    work: () => storeCanvas(kernels, arena, canvasLines, layout, tiles, 0, elements),
  },
  {
    name: "store, bf16 patches",
    pixels: area,
    bytes: area * (4 + 12),
    work: () => storeCanvas(kernels, arena, canvasLines, patches, patched, 0, halves),
  },
  {
    name: "global view",
    pixels: small,
    bytes: small * (16 * 4 + 12),
    work: () =>
      kernels.globalView(
        canvas,
        line,
        CANVAS.width,
        CANVAS.height,
        table,
        planes,
        TILE.width,
        TILE.height,
        false,
      ),
  },
];

const copyBytes = width * height * 4;
const figures: Figure[] = [], copies: number[] = [];
for (const { name, pixels, bytes, work } of WORKS) {
  const times: number[] = [], shares: number[] = [];
  for (let round = -3; round < ROUNDS; round++) {
    const ns = timed(work), copy = timed(() => arena.bytes.copyWithin(copied, source, source + copyBytes));
    if (round < 0) continue;
    times.push(ns);
    copies.push(copy);
    shares.push(bytes / ns / (2 * copyBytes / copy));
  }
  const rest = {
    gigabytesPerSecond: bytes / median(times),
    ratio: median(shares),
    against: "the copy's GB/s",
  };
  figures.push(figureOf("simd kernels", name, "ns/px", times.map((ns) => ns / pixels), rest));
}
const rest = { gigabytesPerSecond: 2 * copyBytes / median(copies) };
figures.push(figureOf("simd kernels", "copy", "ns/px", copies.map((ns) => ns / (width * height)), rest));
if (Deno.args.includes("--json")) console.log(JSON.stringify(figures));
else console.log(`SIMD kernels on one core, 1920x1080 on 1680x1008, ixc2-4khd\n${tableOf(figures)}`);

/** Returns the time of one call, ns. */
function timed(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) * 1e6;
}
