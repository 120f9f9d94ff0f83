import { bmpCodec } from "./bmp.ts";
import type { Codec } from "./decoder.ts";
import { type Format, formatName } from "../headers/format.ts";
import { gifCodec } from "./gif.ts";
import { jpegCodec } from "./jpeg.ts";
import { pngCodec } from "./png.ts";
import { sharpCodec } from "./sharp.ts";
import { unreadable } from "../unreadable.ts";

/** Every decoder, best first. */
export const CODECS: readonly Codec[] = [sharpCodec, jpegCodec, pngCodec, gifCodec, bmpCodec];

/** Which decoders may be used: any that runs here, sharp alone, or only those without native code. */
export type CodecChoice = "auto" | "sharp" | "portable";

/** Whether a decoder runs here, and why not. */
export interface CodecReport {
  name: string;
  formats: readonly Format[];
  portable: boolean;
  available: boolean;
  /** What it lacks; absent where it is available. */
  reason?: string;
}

/** What there is to decode with, best first: the data behind `vitrail doctor`. */
export function codecs(): Promise<CodecReport[]> {
  return Promise.all(CODECS.map(async ({ name, formats, portable, missing }) => {
    const reason = await missing();
    return { name, formats, portable, available: reason === undefined, ...(reason && { reason }) };
  }));
}

/**
 * The best decoder that runs here and gives these bytes exactly.
 *
 * @throws {VitrailError} `decode`, saying of every decoder for the format why it will not do.
 */
export async function codecFor(
  bytes: Uint8Array,
  format: Format,
  choice: CodecChoice,
  name: string,
): Promise<Codec> {
  const candidates = CODECS.filter((codec) => codec.formats.includes(format));
  const reasons: string[] = [];
  for (const codec of candidates) {
    const reason = excluded(codec, choice) ?? await codec.missing() ?? inexact(codec, bytes, format);
    if (reason === undefined) return codec;
    reasons.push(`${codec.name}: ${reason}`);
  }
  throw unreadable(name, `no decoder will do for this ${formatName(format)} (${reasons.join("; ")})`);
}

function excluded({ portable }: Codec, choice: CodecChoice): string | undefined {
  const wanted = choice === "auto" || (choice === "portable") === portable;
  return wanted
    ? undefined
    : `codec is ${JSON.stringify(choice)}${portable ? "" : '; --allow-ffi and "auto" allow it'}`;
}

function inexact(codec: Codec, bytes: Uint8Array, format: Format): string | undefined {
  const what = codec.cannot(bytes, format);
  return what && `it cannot read ${what} exactly`;
}
