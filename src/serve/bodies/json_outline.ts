import { VitrailError } from "../../errors.ts";
import { Refusal } from "../answers/error_answer.ts";

/** The most levels of values in values. Templates write tools by functions that call themselves. */
const DEEPEST = 64;

/** The bytes outside texts that a picture's part, or a size, may take beside what `--max-text` allows. */
const PART = 512;

const QUOTE = 0x22, BACKSLASH = 0x5c, OPENING = [0x5b, 0x7b], CLOSING = [0x5d, 0x7d];

/**
 * Holds JSON to its limits before it is parsed. Parsing keeps all others waiting, for each value of a list
 * far longer than for the bytes of a text; so texts, such as pictures in base64, are leapt over.
 *
 * @param limits the most pictures, and the most characters of texts
 * @throws {VitrailError} `limit` for more bytes outside texts, of which each counts as one.
 * {@linkcode Refusal} 400 for more than 64 levels.
 */
export function requireSmallJson(
  bytes: Uint8Array,
  { maxText, maxPictures }: { readonly maxText: number; readonly maxPictures: number },
): void {
  const most = maxText + PART * maxPictures;
  let outside = 0, depth = 0, at = 0;
  while (at < bytes.length) {
    const byte = bytes[at++];
    if (++outside > most) throw tooMuch(most);
    if (byte === QUOTE) at = textEnd(bytes, at);
    else if (CLOSING.includes(byte)) depth--;
    else if (OPENING.includes(byte) && ++depth > DEEPEST) {
      throw new Refusal(400, "usage", `the body's JSON has more than ${DEEPEST} levels`);
    }
  }
}

/** Returns the place behind the quote that ends a text. */
function textEnd(bytes: Uint8Array, start: number): number {
  for (let at = start;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) return bytes.length;
    let slashes = quote;
    while (slashes > start && bytes[slashes - 1] === BACKSLASH) slashes--;
    if ((quote - slashes) % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function tooMuch(most: number): VitrailError {
  return new VitrailError(
    "limit",
    `the body's JSON has more than ${most} characters outside its texts; --max-text allows more`,
  );
}
