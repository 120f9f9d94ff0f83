import { type Format, formatName } from "../headers/format.ts";
import { unreadable } from "../unreadable.ts";
import { bmpDecoder } from "./bmp.ts";
import type { Decoder } from "./decoder.ts";
import { gifDecoder } from "./gif.ts";
import { jpegDecoder } from "./jpeg.ts";
import { pngDecoder } from "./png.ts";
import { sharpDecoder } from "./sharp.ts";
import { tiffDecoder } from "./tiff/tiff.ts";
import { webpDecoder } from "./webp.ts";

/** Every decoder, best first. Of a damaged TIFF, sharp says less than our own. */
export const DECODERS: readonly Decoder[] = [
  tiffDecoder,
  sharpDecoder,
  jpegDecoder,
  pngDecoder,
  gifDecoder,
  webpDecoder,
  bmpDecoder,
];

/** The decoders that may be used: any that runs here, sharp alone, or only those without native code. */
export type DecoderChoice = "auto" | "sharp" | "portable";

/** One decoder, and whether it runs here. */
export interface DecoderReport {
  name: string;
  formats: readonly Format[];
  portable: boolean;
  available: boolean;
  /** The thing that it lacks; absent where it is available. */
  reason?: string;
}

/** Reports on every decoder, best first: the data behind `vitrail doctor`. */
export function decoderReports(): Promise<DecoderReport[]> {
  return Promise.all(DECODERS.map(async ({ name, formats, portable, missing }) => {
    const reason = await missing();
    return { name, formats, portable, available: reason === undefined, ...(reason && { reason }) };
  }));
}

/**
 * Returns the best decoder that runs here and decodes these bytes exactly.
 *
 * @throws {VitrailError} `decode`, saying of every decoder for the format why it will not do.
 */
export async function decoderFor(
  bytes: Uint8Array,
  format: Format,
  choice: DecoderChoice,
  name: string,
): Promise<Decoder> {
  const candidates = DECODERS.filter((decoder) => decoder.formats.includes(format));
  const reasons: string[] = [];
  for (const decoder of candidates) {
    const reason = excluded(decoder, choice) ?? await decoder.missing() ?? inexact(decoder, bytes, format);
    if (reason === undefined) return decoder;
    reasons.push(`${decoder.name}: ${reason}`);
  }
  throw unreadable(name, `no decoder will do for this ${formatName(format)} (${reasons.join("; ")})`);
}

/** Says that a choice leaves a decoder out; undefined where it does not. */
function excluded({ portable }: Decoder, choice: DecoderChoice): string | undefined {
  const wanted = choice === "auto" || (choice === "portable") === portable;
  if (wanted) return undefined;
  const advice = portable ? "" : '; --allow-ffi and "auto" allow it';
  return `decoders is ${JSON.stringify(choice)}${advice}`;
}

/** Says what a decoder cannot decode exactly; undefined where it can. */
function inexact(decoder: Decoder, bytes: Uint8Array, format: Format): string | undefined {
  const what = decoder.cannot(bytes, format);
  return what && `it cannot read ${what} exactly`;
}
