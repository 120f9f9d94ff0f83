import type { Layout } from "../layout/layout.ts";
import type { Range } from "../plan/geometry.ts";
import { visibleOf } from "../plan/tables/placement_taps.ts";
import type { CanvasView } from "../plan/view.ts";
import type { Arena } from "./arena.ts";
import type { ByteElements, StoredElements } from "./element_tables.ts";
import type { SimdCanvas } from "./source_lines.ts";
import type { Kernels } from "./wasm_kernels.ts";

/** Columns of a canvas that are evenly apart in the output. */
interface Stretch {
  from: number;
  to: number;
  /** The output offset of the first one. */
  offset: number;
  /** Elements of the output from one to the next: 1 where they are adjacent, 3 where channels are last. */
  step: number;
}

/**
 * Stores a canvas in its rows of the output: each byte's element, where the layout says. Elements come from
 * tables, one load after another, so there is nothing here for vectors to do. A kernel stores patches, whose
 * short lines cost plain code most, and tiles of narrow elements: plain code that stores elements of several
 * types takes twice as long for each of them, so it has f32 alone.
 * @param base the output's first element of those rows
 */
export function storeCanvas(
  kernels: Kernels,
  arena: Arena,
  canvas: SimdCanvas,
  layout: Layout,
  output: StoredElements,
  base: number,
  elements: ByteElements,
): void {
  const { offsets: [channels, lines, columns], repeats } = layout;
  const stretches = stretchesOf(columns);
  const blocks = { canvas, layout, stretches, output, base, elements }, width = widthOf(stretches);
  const isNarrow = width >= NARROW.from && width < NARROW.to;
  if (isNarrow && isOnePiece(blocks)) return storePatches(kernels, arena, blocks);
  if (isNarrow || width >= NARROW.to && !isF32(output)) return storeBlocks(kernels, arena, blocks);
  for (let y = 0; y < canvas.height; y++) {
    const line = arena.bytes.subarray(canvas.address + y * canvas.stride);
    for (const repeat of repeats) {
      storeLine(line, stretches, output, base + lines[y] + repeat, channels, elements);
    }
  }
}

function isF32(output: StoredElements): boolean {
  return output instanceof Float32Array;
}

/** The widths of patches, columns; wider blocks are tiles. */
const NARROW: Range = { from: 8, to: 64 };

/** Returns the width of all stretches; 0 where they differ, or their columns are not adjacent. */
function widthOf(stretches: readonly Stretch[]): number {
  const width = stretches[0].to - stretches[0].from;
  return stretches.every(({ from, to, step }) => to - from === width && step === 1) ? width : 0;
}

/** A canvas of blocks, patches or tiles, and where their elements go. */
interface Blocks {
  readonly canvas: SimdCanvas;
  readonly layout: Layout;
  /** The columns of each block. */
  readonly stretches: readonly Stretch[];
  readonly output: StoredElements;
  readonly base: number;
  readonly elements: ByteElements;
}

/** A line of blocks: their lines of the canvas. */
function* blockLines({ canvas: { height }, layout, stretches }: Blocks): Generator<Range> {
  const { offsets: [, lines] } = layout, width = stretches[0].to - stretches[0].from;
  for (let from = 0, to = 0; from < height; from = to) {
    to = from + 1;
    while (to < height && lines[to] === lines[to - 1] + width) to++;
    yield { from, to };
  }
}

/** Tells whether each block's channels, with their copies, follow one another without a gap. */
function isOnePiece(blocks: Blocks): boolean {
  const { layout: { offsets: [channels], repeats }, stretches } = blocks;
  const [{ from, to }, ...others] = blockLines(blocks), height = to - from;
  if (others.some((lines) => lines.to - lines.from !== height)) return false;
  const area = height * (stretches[0].to - stretches[0].from);
  const places = repeats.flatMap((repeat) => Array.from(channels, (channel) => channel + repeat));
  return places.toSorted((a, b) => a - b).every((place, i) => place === i * area) && areEven(repeats);
}

/** Tells whether numbers follow one another at one distance. */
function areEven(numbers: readonly number[]): boolean {
  const [first, second = first] = numbers;
  return numbers.every((number, i) => number - first === i * (second - first));
}

/**
 * Stores blocks that are in one piece each. A kernel makes a line of them in the arena. From there each goes
 * to its place, together with those that follow it in the output.
 */
function storePatches(kernels: Kernels, arena: Arena, blocks: Blocks): void {
  const { canvas, layout, stretches, output, base, elements } = blocks;
  const { offsets: [[red, green, blue], lines], repeats: [first, second = first], repeats } = layout;
  const all = [...blockLines(blocks)], count = stretches.length, width = stretches[0].to, height = all[0].to;
  const { kernel, tables, bytes, target } = storing(kernels, arena, elements, output);
  const patch = 3 * repeats.length * width * height, made = arena.take(count * patch * bytes);
  for (const { from } of all) {
    kernel(
      ...[canvas.address + from * canvas.stride, canvas.stride, width, height, count, tables] as const,
      ...[(red + first) * bytes, (green + first) * bytes, (blue + first) * bytes] as const,
      ...[made, patch * bytes, repeats.length, (second - first) * bytes] as const,
    );
    for (let i = 0, end = 0; i < count; i = end) {
      end = i + 1;
      while (end < count && stretches[end].offset === stretches[end - 1].offset + patch) end++;
      const patches = arena.bytes.subarray(made + i * patch * bytes, made + end * patch * bytes);
      target.set(patches, (base + lines[from] + stretches[i].offset) * bytes);
    }
  }
  arena.give(made);
  arena.give(tables);
}

/** Bytes of a block's lines that a kernel makes at once, so that they stay in a core's cache. */
const STRIP_BYTES = 1 << 17;

/**
 * Stores blocks whose channels lie apart, as those of tiles do. A kernel makes some lines of one in the
 * arena, from where each channel's go to their place.
 */
function storeBlocks(kernels: Kernels, arena: Arena, blocks: Blocks): void {
  const { canvas, layout, stretches, output, base, elements } = blocks;
  const { offsets: [channels, lines], repeats } = layout, width = widthOf(stretches);
  const { kernel, tables, bytes, target } = storing(kernels, arena, elements, output);
  const line = width * bytes, most = Math.max(1, Math.floor(STRIP_BYTES / (3 * line)));
  const made = arena.take(3 * most * line);
  for (const { from: top, to: bottom } of blockLines(blocks)) {
    for (let y = top; y < bottom; y += most) {
      const height = Math.min(most, bottom - y), plane = height * line;
      for (const { from, offset } of stretches) {
        const pixels = canvas.address + y * canvas.stride + from * 4;
        kernel(pixels, canvas.stride, width, height, 1, tables, 0, plane, 2 * plane, made, 0, 1, 0);
        for (let channel = 0; channel < 3; channel++) {
          const start = made + channel * plane, own = arena.bytes.subarray(start, start + plane);
          for (const repeat of repeats) {
            target.set(own, (base + channels[channel] + lines[y] + offset + repeat) * bytes);
          }
        }
      }
    }
  }
  arena.give(made);
  arena.give(tables);
}

/** Returns the kernel for an output's type of element, the elements' tables in the arena, and its bytes. */
function storing(kernels: Kernels, arena: Arena, elements: ByteElements, output: StoredElements) {
  const bytes = output.BYTES_PER_ELEMENT, tables = arena.take(3 * 256 * bytes);
  elements.forEach((channel, i) => arena.bytes.set(bytesIn(channel), tables + i * 256 * bytes));
  const kernel = { 1: kernels.storePatches1, 2: kernels.storePatches2, 4: kernels.storePatches4 }[bytes]!;
  return { kernel, tables, bytes, target: bytesIn(output) };
}

/** Returns elements as their bytes. */
function bytesIn({ buffer, byteOffset, byteLength }: StoredElements): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Returns a line's columns in stretches that are evenly apart in the output. */
function stretchesOf(offsets: Uint32Array): Stretch[] {
  const stretches: Stretch[] = [];
  for (let from = 0, to = 0; from < offsets.length; from = to) {
    const step = from + 1 < offsets.length ? offsets[from + 1] - offsets[from] : 1;
    to = from + 1;
    while (to < offsets.length && offsets[to] - offsets[to - 1] === step) to++;
    stretches.push({ from, to, offset: offsets[from], step });
  }
  return stretches;
}

/** Stores one line: the loop that sees every element. */
function storeLine(
  line: Uint8Array,
  stretches: readonly Stretch[],
  output: StoredElements,
  base: number,
  channels: Uint32Array,
  [reds, greens, blues]: ByteElements,
): void {
  for (const { from, to, offset, step } of stretches) {
    let red = base + channels[0] + offset,
      green = base + channels[1] + offset,
      blue = base + channels[2] + offset;
    for (let at = from * 4, end = to * 4; at < end; at += 4) {
      output[red] = reds[line[at]];
      output[green] = greens[line[at + 1]];
      output[blue] = blues[line[at + 2]];
      red += step;
      green += step;
      blue += step;
    }
  }
}

/** Stores each channel's element wherever a view's content and marks do not cover its canvas. */
export function storeAround(
  view: CanvasView,
  layout: Layout,
  output: StoredElements,
  base: number,
  elements: StoredElements,
): void {
  const { offsets: [channels, lines, columns], repeats } = layout;
  for (let y = 0; y < view.canvas.height; y++) {
    for (const { from, to } of uncoveredBy(view, y)) {
      for (const repeat of repeats) {
        for (let channel = 0; channel < 3; channel++) {
          const start = base + channels[channel] + lines[y] + repeat, element = elements[channel];
          for (let x = from; x < to; x++) output[start + columns[x]] = element;
        }
      }
    }
  }
}

/** Returns the columns of a canvas's line that neither a placement nor a mark covers. */
function uncoveredBy({ canvas, placements, marks }: CanvasView, y: number): Range[] {
  const covered: Range[] = [];
  for (const placement of placements) {
    const { left, top, right, bottom } = visibleOf(placement, canvas), { offset } = placement;
    if (y >= offset.y + top && y < offset.y + bottom) {
      covered.push({ from: offset.x + left, to: offset.x + right });
    }
  }
  for (const { box } of marks) {
    if (y >= box.top && y < box.bottom) covered.push({ from: box.left, to: box.right });
  }
  covered.sort((a, b) => a.from - b.from);
  const open: Range[] = [];
  let x = 0;
  for (const { from, to } of covered) {
    if (from > x) open.push({ from: x, to: from });
    x = Math.max(x, to);
  }
  if (x < canvas.width) open.push({ from: x, to: canvas.width });
  return open;
}

/** Stores planes `[3, height, width]` of elements in their rows of the output. */
export function storePlanes(
  planes: StoredElements,
  { offsets: [channels, lines, columns], repeats }: Layout,
  output: StoredElements,
  base: number,
): void {
  const stretches = stretchesOf(columns), width = columns.length;
  for (let channel = 0, from = 0; channel < 3; channel++) {
    for (let y = 0; y < lines.length; y++, from += width) {
      for (const repeat of repeats) {
        const start = base + channels[channel] + lines[y] + repeat;
        for (const stretch of stretches) {
          const own = planes.subarray(from + stretch.from, from + stretch.to), first = start + stretch.offset;
          if (stretch.step === 1) (output as Uint8Array).set(own as Uint8Array, first); // both of one type
          else for (let i = 0, to = first; i < own.length; i++, to += stretch.step) output[to] = own[i];
        }
      }
    }
  }
}
