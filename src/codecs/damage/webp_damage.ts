import { dataViewOf } from "../headers/binary.ts";
import { type FileChunk, webpChunks } from "../headers/file_chunks.ts";
import { FRAME_HEADER, uint24, WEBP_FLAG, webpSizeAt } from "../headers/webp_frame.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";

/** The chunks of pixels, which an animation has in its frames alone. */
const PIXELS = ["VP8 ", "VP8L", "ALPH"];

/** Bytes of what an animation's chunk `ANIM` says at least. */
const ANIM_BYTES = 6;

/**
 * Says what is wrong with the chunks of a WebP: Pillow reads none of which a frame does not fit its place, or
 * has no chunk `ANIM` before it.
 *
 * Source: libwebp `src/demux/demux.c`, `IsValidExtendedFormat` and `ParseVP8XChunks`.
 */
export function webpDamage(bytes: Uint8Array): string | undefined {
  const whole = bytes.subarray(0, dataViewOf(bytes).getUint32(4, true) + 8);
  const chunks = [...webpChunks(whole)], extended = chunks[0]?.type === "VP8X" ? chunks[0] : undefined;
  const cut = chunks.find(({ end }) => end + end % 2 > whole.length); // with the byte that makes it even
  if (cut !== undefined) return `its WebP data ends inside its chunk ${JSON.stringify(cut.type)}`;
  if (extended === undefined) return undefined;
  if (chunks.some(({ type }, at) => type === "VP8X" && at > 0)) return "its WebP data has two headers";
  const view = dataViewOf(whole), screen = webpSizeAt(view, extended.start + 4);
  if ((whole[extended.start] & WEBP_FLAG.ANIMATION) === 0) {
    const hasFrames = chunks.some(({ type }) => type === "ANMF");
    return hasFrames
      ? "its WebP data has frames, and is no animation"
      : misfit(whole, chunks, screen, "picture");
  }
  const head = chunks.find(({ type }) => type === "ANIM" || type === "ANMF");
  if (head?.type === "ANMF" || head !== undefined && head.end - head.start < ANIM_BYTES) {
    return 'its WebP data has frames without a whole chunk "ANIM" before them';
  }
  const bare = chunks.find(({ type }) => PIXELS.includes(type));
  if (bare !== undefined) return `its WebP data has a chunk "${bare.type}" outside its frames`;
  for (const [index, { start, end }] of chunks.filter(({ type }) => type === "ANMF").entries()) {
    const frame = `frame ${index + 1}`, size = webpSizeAt(view, start + 6);
    const inside = [...webpChunks(bytes.subarray(0, end), start + FRAME_HEADER)];
    if (inside.some((chunk) => chunk.end > end)) {
      return `its WebP data has a chunk that ends behind its ${frame}`;
    }
    const right = 2 * uint24(view, start) + size.width,
      bottom = 2 * uint24(view, start + 3) + size.height;
    if (right > screen.width || bottom > screen.height) {
      return `its WebP data says ${sizeText(screen)}, and its ${frame} reaches ${right}x${bottom}`;
    }
    const wrong = misfit(whole, inside, size, frame);
    if (wrong !== undefined) return wrong;
  }
}

/** Bytes that begin the pixels of a lossy frame, as a number, and of a lossless one. */
const START_CODE = 0x2a019d, SIGNATURE = 0x2f;

/** Says that chunks hold no picture, or one of another size. */
function misfit(bytes: Uint8Array, chunks: FileChunk[], size: Size, what: string): string | undefined {
  const picture = chunks.find(({ type }) => type === "VP8 " || type === "VP8L");
  const before = picture && chunks[chunks.indexOf(picture) - 1];
  if (what !== "picture" && before !== undefined && before.type !== "ALPH") {
    return `its WebP data has a chunk ${JSON.stringify(before.type)} in its ${what}`;
  }
  const pixels = chunks.filter(({ type }) => PIXELS.includes(type));
  const isOne = pixels.length === 1 || pixels.length === 2 && pixels[0].type === "ALPH" &&
      pixels[0] === before && picture?.type === "VP8 ";
  if (picture !== undefined && !isOne) {
    const found = pixels.map(({ type }) => JSON.stringify(type)).join(", ");
    return `its WebP data has ${found} for its ${what}, in place of one picture`;
  }
  if (picture === undefined) return `its WebP data has no pixels for its ${what}`;
  const found = codedSize(bytes, picture);
  if (found === undefined) return `its WebP data has no header of pixels in its ${what}`;
  if (found.width === size.width && found.height === size.height) return undefined;
  return `its WebP data says ${sizeText(size)} of its ${what}, which is ${sizeText(found)}`;
}

/**
 * Returns the size that the pixels' own header states; undefined where that is none.
 *
 * Source: RFC 6386, 9.1, and RFC 9649, 3.4; libwebp `src/dec/vp8_dec.c`, `VP8GetInfo`.
 */
function codedSize(bytes: Uint8Array, { type, start, end }: FileChunk): Size | undefined {
  const view = dataViewOf(bytes);
  if (end - start < (type === "VP8 " ? 10 : 5)) return undefined;
  if (type === "VP8 ") {
    const head = uint24(view, start), isKey = (head & 1) === 0, profile = head >> 1 & 7;
    const isShown = (head >> 4 & 1) === 1, isWhole = head >> 5 < end - start;
    if (!isKey || profile > 3 || !isShown || !isWhole || uint24(view, start + 3) !== START_CODE) {
      return undefined;
    }
    return {
      width: view.getUint16(start + 6, true) & 0x3fff,
      height: view.getUint16(start + 8, true) & 0x3fff,
    };
  }
  const packed = view.getUint32(start + 1, true);
  if (bytes[start] !== SIGNATURE || packed >>> 29 !== 0) return undefined;
  return { width: (packed & 0x3fff) + 1, height: (packed >> 14 & 0x3fff) + 1 };
}
