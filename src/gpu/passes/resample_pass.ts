import { lengthOf } from "../../plan/geometry.ts";
import { INVOCATIONS } from "../device/kernels.ts";
import type { Recorder } from "../device/recorder.ts";
import { type Job, type JobKernel, recordJobs, type Span } from "./jobs.ts";
import { type Block, lineWords } from "./placement_blocks.ts";
import { type Upload, upload, uploadWords } from "./uploads.ts";

/** The jobs of shaders/horizontal.wgsl. */
export const HORIZONTAL = {
  name: "horizontal",
  fields: ["pixels", "stepX", "stepY", "taps", "tapsWidth", "columns", "lineCount", "lines"],
  addresses: { pixels: 4, lines: 1 },
} as const satisfies JobKernel;

/** The jobs of shaders/vertical.wgsl. */
export const VERTICAL = {
  name: "vertical",
  fields: ["lines", "taps", "tapsWidth", "columns", "lineCount", "canvas", "stepX", "stepY"],
  addresses: { lines: 1, canvas: 1 },
} as const satisfies JobKernel;

/** The jobs of shaders/weigh_across.wgsl. */
export const ACROSS = {
  name: "weigh_across",
  fields: [...HORIZONTAL.fields, "stepPixel", "stepChannel", "values", "zero"],
  addresses: HORIZONTAL.addresses,
} as const satisfies JobKernel;

/** The jobs of shaders/weigh_down.wgsl. */
export const DOWN = {
  name: "weigh_down",
  fields: [...VERTICAL.fields, "stepChannel", "deviations", "zero"],
  addresses: VERTICAL.addresses,
} as const satisfies JobKernel;

/** The word of a table where there is none. */
export const NO_TABLE = 2 ** 32 - 1;

/** Lines that a workgroup of a pass across makes, and pixels of a line that one of a pass down does. */
const LINES = 4, PIXELS = 4 * INVOCATIONS;

/**
 * Records both passes of blocks, none of which needs another one's pixels: they go up side by side, and each
 * pass takes all of them in one dispatch. Where they are more than `mostUploaded` words, so many at a time.
 */
export function recordBlocks(
  recorder: Recorder,
  blocks: readonly Block[],
  tables: GPUTexture,
  mostUploaded: number,
): void {
  for (const piece of piecesOf(blocks, mostUploaded)) {
    const sources = uploaded(recorder, piece), lines = sideBySide(recorder, piece.map(lineWords));
    const laid = piece.map((block, i) => {
      const source = block.upload ? sources.get(block.upload)! : block.read!;
      return { block, source, lines: lines[i] };
    });
    const isDown = ({ block }: LaidBlock) => block.y !== undefined, FUSES = recorder.fuses;
    const bytes = laid.filter(({ block }) => block.sums === undefined);
    const floats = laid.filter(({ block }) => block.sums !== undefined);
    recordJobs(recorder, HORIZONTAL, bytes.map(jobAcross), tables);
    recordJobs(recorder, VERTICAL, bytes.map(jobDown), tables);
    recordJobs(recorder, ACROSS, floats.map(jobAcross), tables, { FUSES });
    recordJobs(recorder, DOWN, floats.filter(isDown).map(jobDown), tables, { FUSES });
    recorder.submitIfLarge();
  }
}

/** A block, its source and its lines in buffers. */
interface LaidBlock {
  block: Block;
  source: Span;
  lines: Span;
}

/** Returns the job, for either kernel, that makes a block's lines, or all of it where no pass goes down. */
function jobAcross({ block, source, lines }: LaidBlock): Job<typeof ACROSS> {
  const { columns, sourceLines, sourceSteps, byte, x, y, sums, canvas, first, canvasSteps } = block;
  const made = y
    ? { span: lines, first: lines.from, x: 3, channel: 1 }
    : { span: canvas, first, ...canvasSteps };
  const lineCount = lengthOf(sourceLines);
  const fields = {
    pixels: source.from * 4 + byte,
    stepX: sourceSteps.x,
    stepY: sourceSteps.y,
    ...x,
    columns,
    lineCount,
    lines: made.first,
    stepPixel: made.x,
    stepChannel: made.channel,
    values: sums?.values ?? NO_TABLE,
    zero: 0,
  };
  const groups = Math.ceil(columns / INVOCATIONS) * Math.ceil(lineCount / LINES);
  return { fields, groups, spans: [source, made.span] };
}

/** Returns the job that makes pixels of a block's lines, for either kernel. */
function jobDown({ block, lines }: LaidBlock): Job<typeof DOWN> {
  const { columns, lineCount, sourceLines, canvasSteps, first, canvas, y, sums } = block;
  const fields = {
    lines: lines.from - sourceLines.from * columns * (sums ? 3 : 1),
    ...y!,
    columns,
    lineCount,
    canvas: first,
    stepX: canvasSteps.x,
    stepY: canvasSteps.y,
    stepChannel: canvasSteps.channel,
    deviations: sums?.deviations ?? NO_TABLE,
    zero: 0,
  };
  return { fields, groups: Math.ceil(columns / PIXELS) * lineCount, spans: [lines, canvas] };
}

/** Yields blocks in order, as many at a time as take at most so many words of sources, and of lines. */
function* piecesOf(blocks: readonly Block[], mostUploaded: number): Generator<Block[]> {
  let piece: Block[] = [], uploads = new Set<Upload>(), sources = 0, lines = 0;
  for (const block of blocks) {
    const { upload } = block, own = upload ? uploadWords(upload) : 0;
    const added = upload && !uploads.has(upload) ? own : 0;
    if (piece.length > 0 && Math.max(sources + added, lines + lineWords(block)) > mostUploaded) {
      yield piece;
      [piece, uploads, sources, lines] = [[], new Set(), own, 0];
    } else sources += added;
    if (upload) uploads.add(upload);
    lines += lineWords(block);
    piece.push(block);
  }
  if (piece.length > 0) yield piece;
}

/** Uploads what blocks read of pictures. */
function uploaded(recorder: Recorder, blocks: readonly Block[]): Map<Upload, Span> {
  const uploads = [...new Set(blocks.flatMap(({ upload }) => upload ?? []))];
  const spans = sideBySide(recorder, uploads.map(uploadWords));
  uploads.forEach((own, i) => upload(recorder, own, spans[i]));
  return new Map(uploads.map((own, i) => [own, spans[i]]));
}

/** Takes so many words each, one after another in one buffer, for a recording alone. */
function sideBySide(recorder: Recorder, words: readonly number[]): Span[] {
  const total = words.reduce((sum, own) => sum + own, 0);
  if (total === 0) return [];
  const buffer = recorder.buffer("storage", total * 4);
  let end = 0;
  return words.map((own) => ({ buffer, from: end, to: end += own }));
}
