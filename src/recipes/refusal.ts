import { VitrailError } from "../errors.ts";
import { type Size, sizeText } from "../plan/geometry.ts";

/** The end of messages about a picture so long that a side of it would have no pixel. */
export const NO_PIXELS =
  "and both sides must be at least 1 (the Python code fails here too); crop it to a less extreme shape";

/** Returns the `shape` error of a picture that a recipe refuses. */
export function refusal(name: string, size: Size, why: string): VitrailError {
  return new VitrailError("shape", `${name} cannot take a picture of ${sizeText(size)}: ${why}`);
}
