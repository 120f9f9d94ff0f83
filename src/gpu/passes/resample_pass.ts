import { lengthOf } from "../../plan/geometry.ts";
import type { Recorder } from "../device/recorder.ts";
import { INVOCATIONS, STRIP } from "../invocations.ts";
import { type JobKernel, recordJobs, type Span } from "./jobs.ts";
import { type Block, lineWords } from "./placement_blocks.ts";
import { type Upload, upload, uploadWords } from "./uploads.ts";
import { NO_TABLE, WEIGH } from "./weigh_pass.ts";

/** The jobs of shaders/horizontal.wgsl. */
export const HORIZONTAL = {
  name: "horizontal",
  fields: ["pixels", "stepX", "stepY", "taps", "tapsWidth", "columns", "lineCount", "lines"],
} as const satisfies JobKernel;

/** The jobs of shaders/vertical.wgsl. */
export const VERTICAL = {
  name: "vertical",
  fields: ["lines", "taps", "tapsWidth", "columns", "rows", "canvas", "stepX", "stepY"],
} as const satisfies JobKernel;

/** Lines that an invocation of a pass across makes. */
const LINES = 8;

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
    const placed = piece.map((block, i) => {
      const source = block.upload ? sources.get(block.upload)! : block.read!;
      return { block, source, lines: lines[i] };
    });
    const bytes = placed.filter(({ block }) => !block.sums),
      floats = placed.filter(({ block }) => block.sums);
    recordJobs(recorder, HORIZONTAL, bytes.map(horizontalJob), tables);
    recordJobs(recorder, VERTICAL, bytes.map(verticalJob), tables);
    recordJobs(recorder, WEIGH, floats.map(acrossJob), tables, { DOWN: 0, FUSES: recorder.fuses });
    const twice = floats.filter(({ block: { y } }) => y);
    recordJobs(recorder, WEIGH, twice.map(downJob), tables, { DOWN: 1, FUSES: recorder.fuses });
    recorder.submitIfLarge();
  }
}

/** A block whose source and lines have their places. */
interface PlacedBlock {
  block: Block;
  source: Span;
  lines: Span;
}

function groupsAcross(columns: number, lineCount: number): number {
  return Math.ceil(columns / INVOCATIONS) * Math.ceil(lineCount / LINES);
}

function groupsDown(columns: number, rows: number): number {
  return Math.ceil(columns / STRIP) * rows;
}

function horizontalJob({ block, source, lines }: PlacedBlock) {
  const { columns, sourceLines, sourceSteps, byte, x } = block, lineCount = lengthOf(sourceLines);
  const { x: stepX, y: stepY } = sourceSteps, pixels = source.from * 4 + byte;
  const fields = { pixels, stepX, stepY, columns, lineCount, lines: lines.from, ...x };
  return { fields, groups: groupsAcross(columns, lineCount), spans: [source, lines] };
}

function verticalJob({ block, lines }: PlacedBlock) {
  const { columns, rows, sourceLines, canvasSteps: { x: stepX, y: stepY }, first, canvas, y } = block;
  const line0 = lines.from - sourceLines.from * columns;
  const fields = { lines: line0, columns, rows, canvas: first, stepX, stepY, ...y! };
  return { fields, groups: groupsDown(columns, rows), spans: [lines, canvas] };
}

/** Returns the job that makes lines `[lineCount, columns, 3]` of floats, or all that is wanted. */
function acrossJob({ block, source, lines }: PlacedBlock) {
  const { columns, sourceLines, sourceSteps, byte, x, y, sums, canvas, first, canvasSteps } = block;
  const steps = y ? { x: 3, y: 3 * columns, channel: 1 } : canvasSteps, lineCount = lengthOf(sourceLines);
  const fields = {
    source: source.from * 4 + byte,
    tapStep: sourceSteps.x,
    otherStep: sourceSteps.y,
    ...x,
    columns,
    lineCount,
    made: y ? lines.from : first,
    stepX: steps.x,
    stepY: steps.y,
    stepChannel: steps.channel,
    values: sums!.values ?? NO_TABLE,
    normalised: 0,
    deviations: 0,
  };
  return { fields, groups: groupsAcross(columns, lineCount), spans: [source, y ? lines : canvas] };
}

/** Returns the job that weighs columns of such lines. */
function downJob({ block, lines }: PlacedBlock) {
  const { columns, rows, sourceLines, canvasSteps, first, canvas, y, sums: { deviations } = {} } = block;
  const fields = {
    source: lines.from - sourceLines.from * columns * 3,
    tapStep: columns * 3,
    otherStep: 3,
    ...y!,
    columns,
    lineCount: rows,
    made: first,
    stepX: canvasSteps.x,
    stepY: canvasSteps.y,
    stepChannel: canvasSteps.channel,
    values: 0,
    normalised: Number(deviations !== undefined),
    deviations: deviations ?? 0,
  };
  return { fields, groups: groupsDown(columns, rows), spans: [lines, canvas] };
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

/** Takes places of so many words each, one after another in one buffer, for a recording alone. */
function sideBySide(recorder: Recorder, words: readonly number[]): Span[] {
  const total = words.reduce((sum, own) => sum + own, 0);
  if (total === 0) return [];
  const buffer = recorder.buffer("storage", total * 4);
  let end = 0;
  return words.map((own) => ({ buffer, from: end, to: end += own }));
}
