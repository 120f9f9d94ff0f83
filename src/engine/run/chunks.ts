import { VitrailError } from "../../errors.ts";
import { type Range, type Size, sizeText } from "../../plan/geometry.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";

/** Chunks that are decoded while one computes: with one, the cores idle where it is done before the GPU is. */
export const CHUNKS_AHEAD = 2;

const CHUNKS_AT_ONCE = CHUNKS_AHEAD + 2; // and one computed, one read back

/** A range of a plan's images that is executed together. */
export interface Chunk extends Range {
  /** Bytes that it needs while it is under way. */
  memory: number;
}

/** What a chunk may hold. */
export interface ChunkLimits {
  /** Bytes of rows as f32 that a chunk of several images, or a global view, may have. */
  binding: number;
  /** Bytes of rows as f32 that one image may have. */
  buffer: number;
  /** Bytes of everything that all chunks under way need: one chunk of several images takes a quarter at most. */
  memory: number;
}

/**
 * Cuts a plan's images into chunks within the limits.
 * @throws {VitrailError} `limit` where one image alone exceeds them, with what it needs.
 */
export function chunksOf(plan: Plan, limits: ChunkLimits): Chunk[] {
  const chunks: Chunk[] = [];
  let open: (Chunk & Cost) | undefined;
  for (const [index, image] of plan.images.entries()) {
    const cost = costOf(plan, image);
    requireFit(cost, limits, image, index);
    if (open && fits({ rows: open.rows + cost.rows, memory: open.memory + cost.memory }, limits)) {
      open.to = index + 1;
      open.rows += cost.rows;
      open.memory += cost.memory;
    } else chunks.push(open = { from: index, to: index + 1, ...cost });
  }
  return chunks.map(({ from, to, memory }) => ({ from, to, memory }));
}

interface Cost {
  rows: number;
  memory: number;
  /** Bytes of the largest global view: one dispatch stores all of its channels. */
  global: number;
}

function costOf(plan: Plan, image: PlannedImage): Cost {
  let rows = 0, canvas = 0, largest = 0, global = 0;
  const sources = sourcePictures(plan, image).map((picture) => plan.pictures[picture]);
  for (const view of plan.views.slice(...image.views)) {
    const bytes = view.target ? view.target.rows * rowBytes(plan, view.target.output) : 0;
    rows += bytes;
    if (view.kind === "global") global = Math.max(global, bytes);
    if (view.kind === "canvas") canvas += area(view.canvas) * 4;
  }
  // Stored pixels are held in CPU memory and, block by block, in textures.
  for (const size of sources) largest += area(size) * 4;
  return { rows, memory: rows * 2 + canvas + largest, global };
}

/** Bytes of a row as f32, whatever its dtype: outputs whose words the kernels cannot store are floats before they are packed. */
function rowBytes(plan: Plan, output: string): number {
  return plan.outputs[output].shape.slice(1).reduce((a, b) => a * b, 4);
}

function area(size: Size): number {
  return size.width * size.height;
}

function fits(cost: Omit<Cost, "global">, limits: ChunkLimits): boolean {
  return cost.rows <= limits.binding && cost.memory <= limits.memory / CHUNKS_AT_ONCE;
}

function requireFit(cost: Cost, limits: ChunkLimits, image: PlannedImage, index: number): void {
  const what = `picture ${index + 1} (${sizeText(image.size)}) on a canvas of ${sizeText(image.canvas)}`;
  if (cost.global > limits.binding) {
    throw new VitrailError(
      "limit",
      `${what} has a global view of ${mib(cost.global)} MiB and a binding of this device holds ${
        mib(limits.binding)
      } MiB; ask for smaller tiles, or use the reference executor`,
    );
  }
  if (cost.rows <= limits.buffer && cost.memory <= limits.memory) return;
  throw cost.memory > limits.memory
    ? new VitrailError(
      "limit",
      `${what} needs ${mib(cost.memory)} MiB of working memory and the budget is ${
        mib(limits.memory)
      } MiB; ` +
        `raise it with --memory (or { memory })`,
    )
    : new VitrailError(
      "limit",
      `${what} gives ${mib(cost.rows)} MiB of rows and a buffer of this device holds ${
        mib(limits.buffer)
      } MiB; ` +
        `ask for fewer tiles, or use the reference executor`,
    );
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);
}

/** The source pictures that an image's views read. */
export function sourcePictures(plan: Plan, image: PlannedImage): number[] {
  const pictures = new Set<number>();
  for (const view of plan.views.slice(...image.views)) {
    if (view.kind !== "canvas") continue;
    for (const { source } of view.placements) if ("picture" in source) pictures.add(source.picture);
  }
  return [...pictures];
}
