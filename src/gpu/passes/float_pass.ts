import { VitrailError } from "../../errors.ts";
import { lengthOf, type Range, type Size } from "../../plan/geometry.ts";
import { pixelBytes, type StoredPicture, storedPixel, uprightSize } from "../../plan/stored_picture.ts";
import { standardTable } from "../../plan/tables/standard.ts";
import type { FloatTaps } from "../../plan/tables/float_taps.ts";
import { placementFloatTaps } from "../../plan/tables/placement_taps.ts";
import { floatSteps, type Normalisation } from "../../plan/tables/values.ts";
import { type CanvasView, targetLayout } from "../../plan/view.ts";
import { byteSums } from "../byte_sums.ts";
import { struct } from "../device/uniforms.ts";
import { INVOCATIONS } from "../invocations.ts";
import { tapsKey } from "./canvas.ts";
import { type OutputPlace, outputWindows } from "./output_window.ts";
import type { PassContext } from "../pass_context.ts";

/** The uniform of shaders/float_across.wgsl. */
export const AcrossParams = struct({
  width: "u32",
  columns: "u32",
  lineCount: "u32",
  tapsWidth: "u32",
  unrolled: "u32",
});

/** The uniform of shaders/float_down.wgsl. */
export const DownParams = struct({
  corner: "vec2u",
  size: "vec2u",
  origin: "vec2i",
  side: "vec2u",
  columns: "u32",
  lineFrom: "u32",
  tapsLength: "u32",
  tapsWidth: "u32",
  unrolled: "u32",
  down: "u32",
  base: "u32",
  channels: "vec3u",
  mean: "vec3f",
  deviation: "vec3f",
  inverse: "vec3f",
});

/**
 * Records a canvas of floats, in bands of lines whose source lines fit a binding. Its place holds f32.
 * @param rule the rule by which bytes become values, where they do so by no mean of the picture's own
 * @throws {VitrailError} `limit` where one line's source lines do not fit.
 */
export function recordFloats(
  { recorder, tables }: PassContext,
  view: CanvasView,
  picture: StoredPicture,
  place: OutputPlace,
  rule: Normalisation,
): void {
  const { device, fuses } = recorder, { canvas, placements: [placement], standard } = view;
  const target = view.target!, { content, offset } = placement;
  const size = uprightSize(picture, picture.orientation), pixels = uprightPixels(picture, size);
  const steps = floatSteps(rule);
  const values = standard
    ? standardTable(standard, byteSums(pixels, standard)) as Float32Array<ArrayBuffer>
    : Float32Array.from({ length: 256 }, (_, byte) => byte * steps.factor);
  const table = recorder.buffer("storage", 256 * 4);
  device.queue.writeBuffer(table, 0, values);
  const { x, y } = placementFloatTaps(placement, size);
  const tapsX = tables.taps(tapsKey(placement, size, "x", true), () => x);
  const tapsY = tables.taps(tapsKey(placement, size, "y", true), () => y);
  const layout = targetLayout(canvas, target), [lead] = layout.repeats;
  const offsets = tables.offsets(JSON.stringify([canvas, { ...target, row: 0 }]), layout);
  const side = target.places
    ? [canvas.width / target.places, canvas.height / (target.rows / target.places)]
    : [0, 0];
  // A window holds the places before the rows, too.
  const reached = { ...layout, repeats: [0, lead] }, limit = device.limits.maxStorageBufferBindingSize;
  for (const band of bandsOf(view, y, size, limit)) {
    const source = sourceLines(y, offset.y, band), lineCount = lengthOf(source);
    const words = recorder.buffer("storage", lineCount * size.width * 4);
    const own = pixels.subarray(source.from * size.width * 4, source.to * size.width * 4);
    device.queue.writeBuffer(words, 0, own);
    const lines = recorder.buffer("storage", lineCount * content.width * 12);
    const across = {
      width: size.width,
      columns: content.width,
      lineCount,
      tapsWidth: x.width,
      unrolled: x.unrolled,
    };
    recorder.dispatch(
      "floatAcross",
      { FUSES: fuses },
      AcrossParams.bytes(across),
      [words, table, tapsX, lines],
      [Math.ceil(content.width / INVOCATIONS), lineCount, 1],
    );
    const region = { left: 0, top: band.from, right: canvas.width, bottom: band.to };
    for (const part of outputWindows(reached, place, region, false, limit)) {
      const { region: { left, top, right, bottom }, window } = part;
      const uniform = DownParams.bytes({
        corner: [left, top],
        size: [right - left, bottom - top],
        origin: [offset.x, offset.y],
        side,
        columns: content.width,
        lineFrom: source.from,
        tapsLength: content.height,
        tapsWidth: y.width,
        unrolled: y.unrolled,
        down: offsets.down,
        base: (window.base + lead) >>> 0,
        channels: layout.offsets[0],
        mean: steps.mean,
        deviation: steps.std,
        inverse: steps.std.map((deviation) => 1 / deviation),
      });
      recorder.dispatch(
        "floatDown",
        { FUSES: fuses, NORMALISED: Number(!standard) },
        uniform,
        [lines, tapsY, offsets.texture, window.binding],
        [Math.ceil((right - left) / INVOCATIONS), bottom - top, 1],
      );
    }
    recorder.submitIfLarge();
  }
}

/** Returns a picture's upright pixels, four bytes each; its own where it is stored so. */
function uprightPixels(picture: StoredPicture, { width, height }: Size): Uint8Array<ArrayBuffer> {
  const { data, orientation } = picture, bytes = pixelBytes(picture);
  if (orientation === 1 && bytes === 4) return data as Uint8Array<ArrayBuffer>;
  const { a, b, c, d, e, f } = storedPixel(picture, orientation), own = new Uint8Array(width * height * 4);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 4) {
      const from = ((d * x + e * y + f) * picture.width + (a * x + b * y + c)) * bytes;
      for (let channel = 0; channel < 3; channel++) own[to + channel] = data[from + channel];
    }
  }
  return own;
}

/**
 * Returns the source lines that some lines of a canvas weigh, whose content begins at its line `top`. Lines
 * beside the content weigh none, and count as the one that is nearest.
 */
function sourceLines({ length, first, count }: FloatTaps, top: number, { from, to }: Range): Range {
  const lineOf = (line: number) => Math.max(0, Math.min(length - 1, line - top)), last = lineOf(to - 1);
  return { from: first[lineOf(from)], to: first[last] + count[last] };
}

/** Cuts the lines of a canvas into bands. */
function bandsOf(
  { canvas, placements: [{ content, offset }] }: CanvasView,
  taps: FloatTaps,
  source: Size,
  limit: number,
): Range[] {
  const bytes = Math.max(source.width * 4, content.width * 12), most = Math.floor(limit / bytes);
  const held = (band: Range) => lengthOf(sourceLines(taps, offset.y, band));
  const bands: Range[] = [];
  for (let from = 0, to = 1; from < canvas.height; from = to, to = from + 1) {
    if (held({ from, to }) > most) {
      throw new VitrailError(
        "limit",
        `a line weighs ${held({ from, to })} lines of ${bytes} bytes and a binding of this device holds ` +
          `${limit}; use the simd executor`,
      );
    }
    while (to < canvas.height && held({ from, to: to + 1 }) <= Math.min(most, 65535)) to++;
    bands.push({ from, to });
  }
  return bands;
}
