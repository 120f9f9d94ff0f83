import { bmpDecoder } from "./bmp.ts";
import type { Decoder } from "./decoder.ts";
import { type Format, formatName } from "../headers/format.ts";
import { gifDecoder } from "./gif.ts";
import { jpegDecoder } from "./jpeg.ts";
import { pngDecoder } from "./png.ts";
import { sharpDecoder } from "./sharp.ts";
import { unreadable } from "../unreadable.ts";

/** Every decoder, best first. */
export const DECODERS: readonly Decoder[] = [sharpDecoder, jpegDecoder, pngDecoder, gifDecoder, bmpDecoder];

/** Which decoders may be used: any that runs here, sharp alone, or only those without native code. */
export type DecoderChoice = "auto" | "sharp" | "portable";

/** Whether a decoder runs here, and why not. */
export interface DecoderReport {
  name: string;
  formats: readonly Format[];
  portable: boolean;
  available: boolean;
  /** What it lacks; absent where it is available. */
  reason?: string;
}

/** What there is to decode with, best first: the data behind `vitrail doctor`. */
export function decoderReports(): Promise<DecoderReport[]> {
  return Promise.all(DECODERS.map(async ({ name, formats, portable, missing }) => {
    const reason = await missing();
    return { name, formats, portable, available: reason === undefined, ...(reason && { reason }) };
  }));
}

/**
 * The best decoder that runs here and gives these bytes exactly.
 *
 * @throws {VitrailError} `decode`, saying of every decoder for the format why it will not do.
 */
export async function decoderFor(
  bytes: Uint8Array,
  format: Format,
  choice: DecoderChoice,
  name: string,
): Promise<Decoder> {
  const candidates = DECODERS.filter((codec) => codec.formats.includes(format));
  const reasons: string[] = [];
  for (const codec of candidates) {
    const reason = excluded(codec, choice) ?? await codec.missing() ?? inexact(codec, bytes, format);
    if (reason === undefined) return codec;
    reasons.push(`${codec.name}: ${reason}`);
  }
  throw unreadable(name, `no decoder will do for this ${formatName(format)} (${reasons.join("; ")})`);
}

function excluded({ portable }: Decoder, choice: DecoderChoice): string | undefined {
  const wanted = choice === "auto" || (choice === "portable") === portable;
  return wanted
    ? undefined
    : `codec is ${JSON.stringify(choice)}${portable ? "" : '; --allow-ffi and "auto" allow it'}`;
}

function inexact(codec: Decoder, bytes: Uint8Array, format: Format): string | undefined {
  const what = codec.cannot(bytes, format);
  return what && `it cannot read ${what} exactly`;
}
