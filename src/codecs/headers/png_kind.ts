import { pngChunks } from "./file_chunks.ts";

/** Colour types of PNG that Vitrail looks at. */
export const PNG_COLOUR = { GREY: 0, RGB: 2, PALETTE: 3 } as const;

/**
 * Reads a PNG's colour type, its bit depth, and whether one grey stands for transparent.
 *
 * Source: PNG specification, 11.2.1 and 11.3.1.
 */
export function pngKind(bytes: Uint8Array): { colour: number; depth: number; key: boolean } {
  const [depth, colour] = [bytes[24], bytes[25]];
  const isGrey = colour === PNG_COLOUR.GREY;
  return { colour, depth, key: isGrey && pngChunks(bytes).some(({ type }) => type === "tRNS") };
}
