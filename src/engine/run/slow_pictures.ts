import { visible } from "../../errors.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";

/** A picture that took long to decode. */
export interface SlowPicture extends Size {
  /** Its name: its file's, or its place in the call. */
  name: string;
  /** False where the name is its place in the call, by which pictures of other calls go, too. */
  isNamed: boolean;
  /** The time from the beginning of its decoding to the end, ms; reading and waiting come before. */
  ms: number;
  /** The format: `jpeg`, `gif` … */
  format: string;
  /** The decoder's name: `sharp`, or one that needs no native code. */
  decoder: string;
}

/** The time from which on a picture counts as slow, ms. */
const SLOW = 1000;

/** The most pictures that are kept: the slowest. */
const KEPT = 5;

/** Keeps the slowest pictures that were decoded; one of a name, size and format once. */
export class SlowPictures {
  #slowest: SlowPicture[] = [];

  /** Takes a picture that was decoded; one that was quick is not kept. */
  note(picture: SlowPicture): void {
    if (picture.ms < SLOW) return;
    const before = this.#slowest.find((own) => isSame(own, picture));
    if (before !== undefined && before.ms >= picture.ms) return;
    const others = this.#slowest.filter((own) => own !== before);
    this.#slowest = [...others, picture].sort((a, b) => b.ms - a.ms).slice(0, KEPT);
  }

  /** The pictures that took longest, the slowest first: five at most, of those that took a second or more. */
  get slowest(): readonly SlowPicture[] {
    return this.#slowest;
  }
}

/** Tells if two are one picture, decoded twice. Without names nobody knows. */
function isSame(a: SlowPicture, b: SlowPicture): boolean {
  return a.isNamed && b.isNamed && a.name === b.name && a.format === b.format && a.width === b.width &&
    a.height === b.height;
}

/** Returns a slow picture as a line, with the reason why it was slow. */
export function slowText({ name, ms, format, decoder, ...size }: SlowPicture): string {
  const millions = (size.width * size.height / 1e6).toFixed(1);
  const native = decoder === "sharp" ? "" : ", which runs without native code";
  const shown = visible(name).replaceAll("\n", "\\n"); // it may be a data set's
  return `slow: ${shown} took ${(ms / 1000).toFixed(1)} s to decode: it is ${sizeText(size)}, ` +
    `${millions} million pixels of ${format}, by the decoder ${decoder}${native}`;
}
