import type { Size } from "../../plan/geometry.ts";
import type { Format } from "../headers/format.ts";

/** Decoded pixels: row-major RGBA bytes `[height, width, 4]`, alpha as stored or 255. */
export interface Rgba extends Size {
  data: Uint8Array;
}

/** Bytes of a pixel: 3 for RGB, 4 for RGBA. */
export type Channels = 3 | 4;

/** The things that a decoder is asked for. */
export interface DecoderOptions {
  /** 3 where RGB will do, which a decoder gives if that costs it nothing; 4 for RGBA. */
  channels: Channels;
  /** `"keep"` wants what there is of a damaged picture, and the rest as the decoder fills it. */
  damaged: DamageTreatment;
}

/**
 * The treatment of damaged pictures: refused, where Pillow refuses them or nobody gives Pillow's pixels, or
 * kept as far as a decoder gives them.
 */
export type DamageTreatment = "refuse" | "keep";

/**
 * Decoded pixels: RGBA as in {@linkcode Rgba}, or RGB bytes `[height, width, 3]`. The bytes' count says
 * which.
 */
export interface DecodedPixels extends Size {
  data: Uint8Array;
}

/** One way to decode pictures. {@linkcode DECODERS} lists them all. */
export interface Decoder {
  name: string;
  /** The formats that it decodes to the very bytes that Pillow gives. */
  formats: readonly Format[];
  /** True where it needs no native code: it runs in a browser, or without `--allow-ffi`. */
  portable: boolean;
  /** Says what it needs and lacks here; undefined where it can run. It never prompts for a permission. */
  missing(): Promise<string | undefined>;
  /** Says what these bytes are that it cannot decode to Pillow's; undefined where it can. */
  cannot(bytes: Uint8Array, format: Format): string | undefined;
  /** Decodes a picture; throws whatever its library throws. */
  decode(bytes: Uint8Array, format: Format, options: DecoderOptions): Promise<DecodedPixels>;
}
