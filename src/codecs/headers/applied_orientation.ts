import { unreadable } from "../unreadable.ts";

/** The orientation of a picture whose EXIF is none: nobody can say how it is to be turned. */
export const UNKNOWN_ORIENTATION = 0;

/**
 * Returns the orientation that a picture is turned by: its own where `orient` asks for that, and a TIFF's
 * always.
 *
 * Pillow turns a TIFF as it loads it. Source: Pillow `src/PIL/TiffImagePlugin.py`, `load_end`.
 *
 * @throws {VitrailError} `decode`, where it is to be turned by EXIF that is none.
 */
export function appliedOrientation(
  { format, orientation }: { readonly format: string; readonly orientation: number },
  orient: "ignore" | "exif" = "ignore",
  name: string,
): number {
  if (orient === "ignore" && format !== "tiff") return 1;
  if (orientation !== UNKNOWN_ORIENTATION) return orientation;
  throw unreadable(name, 'its EXIF is damaged; orient: "ignore" takes it as it is stored');
}
