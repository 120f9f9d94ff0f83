import { VitrailError } from "../../errors.ts";
import { countOf } from "../../layout/shape.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import { type Range, type Size, sizeText } from "../../plan/geometry.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";

/**
 * Chunks that are decoded while one computes. If it were one, the cores would idle from the end of its
 * decoding to the end of the GPU's work.
 */
export const CHUNKS_AHEAD = 2;

/** Chunks under way together: those that are decoded, one that computes and one that is read back. */
const CHUNKS_AT_ONCE = CHUNKS_AHEAD + 2;

/** A range of a plan's images that are executed together. */
export interface Chunk extends Range {
  /** Bytes that it needs while it is under way. */
  memory: number;
}

/** The most that a chunk may hold. */
export interface ChunkLimits {
  /** Bytes of rows as f32 that a chunk of several images, or a global view, may have. */
  binding: number;
  /** Bytes of rows as f32 that one image may have. */
  buffer: number;
  /**
   * Bytes of everything that all chunks under way need. A chunk of several images takes a quarter at most,
   * unless it is said otherwise.
   */
  memory: number;
}

/**
 * Cuts a plan's images into chunks within the limits, each as long as they allow.
 * @param most bytes that a chunk of several images may need
 * @throws {VitrailError} `limit` where one image alone exceeds them, with what it needs.
 */
export function chunksOf(plan: Plan, limits: ChunkLimits, most = limits.memory / CHUNKS_AT_ONCE): Chunk[] {
  const chunks: Chunk[] = [];
  let open: (Chunk & Cost) | undefined;
  for (const [index, image] of plan.images.entries()) {
    const cost = costOf(plan, image);
    requireFit(cost, limits, image, sourcePictures(plan, image)[0] ?? index);
    const follows = plan.images[index - 1]?.views[1] === image.views[0]; // leaves no gap of rows
    if (
      open && follows &&
      fits({ rows: open.rows + cost.rows, memory: open.memory + cost.memory }, limits, most)
    ) {
      open.to = index + 1;
      open.rows += cost.rows;
      open.memory += cost.memory;
    } else {
      open = { from: index, to: index + 1, ...cost };
      chunks.push(open);
    }
  }
  return chunks.map(({ from, to, memory }) => ({ from, to, memory }));
}

/** The bytes that an image takes. */
interface Cost {
  /** Its rows, as f32. */
  rows: number;
  /** Everything that it needs while it is under way. */
  memory: number;
  /** Its largest global view, of which one dispatch stores all channels. */
  global: number;
}

function costOf(plan: Plan, image: PlannedImage): Cost {
  let rows = 0, canvases = 0, global = 0;
  for (const view of plan.views.slice(...image.views)) {
    const bytes = view.target ? view.target.rows * floatRowBytes(plan, view.target.output) : 0;
    rows += bytes;
    if (view.kind === "global") global = Math.max(global, bytes);
    if (view.kind === "canvas") canvases += area(view.canvas) * (view.floats || view.standard ? 16 : 4);
  }
  // Stored pixels are held in CPU memory. What a GPU has of them, and of the lines between its passes, is not
  // counted: unless one picture alone has more, each is a quarter of the memory at most.
  const sources = sourcePictures(plan, image).reduce((sum, index) => sum + area(plan.pictures[index]) * 4, 0);
  return { rows, memory: rows * 2 + canvases + sources, global };
}

/**
 * Returns the bytes of a row as f32, whatever its dtype: where the kernels cannot store an output's words,
 * its elements are floats until they are packed.
 */
function floatRowBytes(plan: Plan, output: string): number {
  return countOf(plan.outputs[output].shape.slice(1)) * ELEMENT_BYTES.f32;
}

function area(size: Size): number {
  return size.width * size.height;
}

function fits(cost: Omit<Cost, "global">, limits: ChunkLimits, most: number): boolean {
  return cost.rows <= limits.binding && cost.memory <= most;
}

/** @throws {VitrailError} `limit` where one image exceeds what a chunk may hold. */
function requireFit(cost: Cost, limits: ChunkLimits, image: PlannedImage, index: number): void {
  if (cost.global <= limits.binding && cost.memory <= limits.memory && cost.rows <= limits.buffer) return;
  const what = `picture ${index + 1} (${sizeText(image.size)}) on a canvas of ${sizeText(image.canvas)}`;
  const global = mib(cost.global), rows = mib(cost.rows), memory = mib(cost.memory);
  const binding = mib(limits.binding), buffer = mib(limits.buffer), budget = mib(limits.memory);
  if (cost.global > limits.binding) {
    throw new VitrailError(
      "limit",
      `${what} has a global view of ${global} MiB and a binding of this device holds ${binding} MiB; ` +
        `ask for smaller tiles, or use the simd executor`,
    );
  }
  if (cost.memory > limits.memory) {
    throw new VitrailError(
      "limit",
      `${what} needs ${memory} MiB of working memory and the budget is ${budget} MiB; ` +
        `raise it with --memory (or { memory })`,
    );
  }
  throw new VitrailError(
    "limit",
    `${what} gives ${rows} MiB of rows and a buffer of this device holds ${buffer} MiB; ` +
      `ask for fewer tiles, or use the simd executor`,
  );
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);
}

/** Returns the source pictures that an image's views read, by their index in the plan. */
export function sourcePictures(plan: Plan, image: PlannedImage): number[] {
  const pictures = new Set<number>();
  for (const view of plan.views.slice(...image.views)) {
    if (view.kind !== "canvas") continue;
    for (const { source } of view.placements) if ("picture" in source) pictures.add(source.picture);
  }
  return [...pictures];
}
