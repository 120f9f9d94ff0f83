import type { Size } from "../../plan/geometry.ts";
import type { Format } from "../headers/format.ts";

/** Decoded pixels: row-major RGBA bytes `[height, width, 4]`, alpha as stored or 255. */
export interface Rgba extends Size {
  data: Uint8Array;
}

/** One decoder: a row of the table in `codecs.ts`. */
export interface Decoder {
  name: string;
  /** The formats that it decodes to the very bytes that Pillow gives. */
  formats: readonly Format[];
  /** Whether it runs without native code: in a browser, or without `--allow-ffi`. */
  portable: boolean;
  /** What it needs and lacks here; undefined where it can run. Never prompts for a permission. */
  missing(): Promise<string | undefined>;
  /** What about these bytes it could not decode to Pillow's; undefined where it can. */
  cannot(bytes: Uint8Array, format: Format): string | undefined;
  /** Decodes a picture; throws whatever its library throws. */
  decode(bytes: Uint8Array, format: Format): Promise<Rgba>;
}
