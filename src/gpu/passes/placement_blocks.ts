import { type Box, lengthOf, type Range } from "../../plan/geometry.ts";
import { pixelBytes, type StoredPicture, storedPixel, uprightSize } from "../../plan/stored_picture.ts";
import { placementFloatTaps, placementTaps, visibleOf } from "../../plan/tables/placement_taps.ts";
import type { FloatTaps } from "../../plan/tables/float_taps.ts";
import type { Taps } from "../../plan/tables/taps.ts";
import type { Placement } from "../../plan/view.ts";
import { type DeviceCanvas, spanOf } from "../device_canvas.ts";
import type { Tables } from "../device/tables.ts";
import { blocksOf, sourceRange } from "./blocks.ts";
import type { Span } from "./jobs.ts";
import { type Upload, type Uploads, uploadWords } from "./uploads.ts";
import { tapsTable, tapStride } from "./taps_words.ts";

/** The pixels that a placement reads: stored ones in CPU memory, or a canvas on the device. */
export type Origin = StoredPicture | DeviceCanvas;

/** One axis of a block: taps of its output pixels, as a table. */
interface AxisTaps {
  /** The word of the first pixel's. */
  taps: number;
  /** The weights that each has room for. */
  tapsWidth: number;
}

/** All that sums of floats are made with, beside taps. */
export interface FloatSums {
  /** The word of the table of bytes' values; absent where each byte is its own value. */
  values?: number;
  /** The word of the table of deviations; absent where sums are not normalised. */
  deviations?: number;
  /** The three words of a black pixel, where the canvas holds floats. */
  black?: Uint32Array;
}

/**
 * A part of a placement that goes through both passes at once, in the working frame: there the horizontal
 * pass always comes first. A picture whose vertical pass comes first is transposed: its taps are exchanged,
 * and so are the steps from pixel to pixel and from line to line, of its source and of its canvas.
 *
 *     upright        working frame of a picture whose vertical pass comes first
 *     ┌───────┐      ┌─────┐
 *     │ a b c │      │ a d │
 *     │ d e f │      │ b e │
 *     └───────┘      │ c f │
 *                    └─────┘
 */
export interface Block {
  /** The pixels that go up for it; absent where it reads a canvas. */
  upload?: Upload;
  /** The words that it reads of a canvas. */
  read?: Span;
  /**
   * The byte of the working pixel 0 of its first source line, from the first pixel on that goes up or is
   * read. It may lie before that one, where a block reads a part of its lines.
   */
  byte: number;
  /** Bytes of the source from a pixel to the next one, and from a line. */
  sourceSteps: { x: number; y: number };
  /** Its source lines. */
  sourceLines: Range;
  /** The columns and lines that it makes: counts. */
  columns: number;
  lineCount: number;
  x: AxisTaps;
  /** Absent where what the pass across makes, lines that follow one another, is all that is wanted. */
  y?: AxisTaps;
  /** All that it sums floats with, where it does. */
  sums?: FloatSums;
  /** The words that it writes of a canvas, and that of its first pixel. */
  canvas: Span;
  first: number;
  /** Words of the canvas from a pixel to the next one, from a line, and from a channel: 0 of bytes. */
  canvasSteps: { x: number; y: number; channel: number };
}

/** Returns the words that a block's lines take between the passes. */
export function lineWords({ sourceLines, columns, sums, y }: Block): number {
  return y ? lengthOf(sourceLines) * columns * (sums ? 3 : 1) : 0;
}

/** All that blocks are made with. */
export interface BlockContext {
  tables: Tables;
  uploads: Uploads;
  /** The words that a binding holds. */
  mostBound: number;
}

/**
 * Cuts the visible part of a placement into blocks; one, nearly always.
 * @param sums all that floats are summed with, where they are
 * @throws {VitrailError} `limit` where one output pixel weighs more than a binding holds.
 */
export function placementBlocks(
  { tables, uploads, mostBound }: BlockContext,
  placement: Placement,
  origin: Origin,
  canvas: DeviceCanvas,
  sums?: FloatSums,
): Block[] {
  const transposed = placement.order === "vertical-first";
  const size = "span" in origin ? origin : uprightSize(origin, origin.orientation);
  const axes = sums ? placementFloatTaps(placement, size) : placementTaps(placement, size);
  const [x, y] = transposed ? [axes.y, axes.x] : [axes.x, axes.y];
  const [tapsX, tapsY] = [x, y].map((taps) => tables.wordOf(taps, () => tapsTable(taps)));
  const stored = storedSteps(origin, transposed), lineWidth = sums ? 3 : 1;
  const part = ({ left, top, right, bottom }: Box) => ({
    columns: { from: left, to: right },
    lines: { from: top, to: bottom },
    source: {
      columns: sourceRange(x, { from: left, to: right }),
      lines: sourceRange(y, { from: top, to: bottom }),
    },
  });
  const written = (box: Box) => {
    const { left, top, right, bottom } = exchanged(box, transposed), { offset } = placement;
    const [dx, dy] = [offset.x, offset.y];
    return spanOf(canvas, { left: left + dx, top: top + dy, right: right + dx, bottom: bottom + dy });
  };
  const wordsOf = (box: Box) => {
    const { columns, source } = part(box), lines = lengthOf(source.lines) * lengthOf(columns) * lineWidth;
    return Math.max(readWords(origin, boxOf(stored, source)), lengthOf(written(box)), lines);
  };
  const visible = exchanged(visibleOf(placement, canvas), transposed);
  return blocksOf(visible, mostBound, wordsOf).map((box): Block => {
    const { columns, lines, source } = part(box), held = boxOf(stored, source);
    const isCanvas = "span" in origin, span = written(box);
    const upload = isCanvas ? undefined : uploads.of(origin, held, mostBound);
    const { left, top } = upload?.box ?? held; // the first of the stored pixels that lie in the buffer
    const line = stored.pixel * (upload ? upload.box.right - left : origin.width); // bytes of their lines
    const bytesOf = ({ x, y }: { x: number; y: number }) => x * stored.pixel + y * line;
    // From the first of them to the working pixel 0, which may lie before it.
    const toFirst = { x: stored.first.x - left, y: stored.first.y - top };
    const sourceSteps = { x: bytesOf(stored.stepX), y: bytesOf(stored.stepY) };
    const { width, pixelWords } = canvas, [across, down] = [pixelWords, width * pixelWords];
    const channel = pixelWords === 3 ? 1 : 0;
    return {
      ...(isCanvas ? { read: spanOf(origin, held) } : { upload }),
      byte: bytesOf(toFirst) + source.lines.from * sourceSteps.y,
      sourceSteps,
      sourceLines: source.lines,
      columns: lengthOf(columns),
      lineCount: lengthOf(lines),
      x: axisTaps(x, tapsX, columns),
      y: axisTaps(y, tapsY, lines),
      sums,
      canvas: span,
      first: span.from,
      canvasSteps: { ...transposed ? { x: down, y: across } : { x: across, y: down }, channel },
    };
  });
}

/** The places of a working frame's pixels among the stored ones, whose columns are x and lines y. */
interface StoredSteps {
  /** The working pixel 0 of the working line 0. */
  first: { x: number; y: number };
  /** From a working pixel to the next one of its line. */
  stepX: { x: number; y: number };
  /** From a working line to the next one. */
  stepY: { x: number; y: number };
  /** Bytes of a stored pixel. */
  pixel: number;
}

function storedSteps(origin: Origin, transposed: boolean): StoredSteps {
  const isCanvas = "span" in origin;
  const { a, b, c, d, e, f } = storedPixel(origin, isCanvas ? 1 : origin.orientation);
  const [across, down] = [{ x: a, y: d }, { x: b, y: e }];
  const [stepX, stepY] = transposed ? [down, across] : [across, down];
  return { first: { x: c, y: f }, stepX, stepY, pixel: isCanvas ? 4 : pixelBytes(origin) };
}

/** Returns the box of stored pixels that working ranges are. */
function boxOf({ first, stepX, stepY }: StoredSteps, source: { columns: Range; lines: Range }): Box {
  const { columns, lines } = source;
  const at = (column: number, line: number) => ({
    x: first.x + column * stepX.x + line * stepY.x,
    y: first.y + column * stepX.y + line * stepY.y,
  });
  const a = at(columns.from, lines.from), b = at(columns.to - 1, lines.to - 1);
  const [left, right] = a.x < b.x ? [a.x, b.x] : [b.x, a.x],
    [top, bottom] = a.y < b.y ? [a.y, b.y] : [b.y, a.y];
  return { left, top, right: right + 1, bottom: bottom + 1 };
}

/** Returns the words that hold a box: of a canvas where it lies, of a picture the least that go up. */
function readWords(origin: Origin, box: Box): number {
  return "span" in origin ? lengthOf(spanOf(origin, box)) : uploadWords({ picture: origin, box });
}

/** Returns a box in the working frame, or one of that frame upright. */
function exchanged(box: Box, transposed: boolean): Box {
  const { left, top, right, bottom } = box;
  return transposed ? { left: top, top: left, right: bottom, bottom: right } : box;
}

/** Returns the taps of an axis from its output pixel `from` on; the table begins at the word `table`. */
function axisTaps(taps: Taps | FloatTaps, table: number, { from }: Range): AxisTaps {
  return { taps: table + from * tapStride(taps), tapsWidth: taps.width };
}
