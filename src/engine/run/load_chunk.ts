import type { DecodeOptions } from "../../codecs/decode.ts";
import { appliedOrientation } from "../../codecs/headers/applied_orientation.ts";
import { loadPicture } from "../../codecs/load.ts";
import { type Picture, pictureName, placeName } from "../../codecs/picture.ts";
import { VitrailError } from "../../errors.ts";
import { type Range, type Size, sizeText } from "../../plan/geometry.ts";
import type { Plan } from "../../plan/plan.ts";
import { type Pictures, type StoredPicture, uprightSize } from "../../plan/stored_picture.ts";
import type { RunOptions } from "../options.ts";
import { orAborted } from "./abort.ts";
import { sourcePictures } from "./chunks.ts";
import type { DecodeGate } from "./decode_gate.ts";
import type { SlowPicture } from "./slow_pictures.ts";

/** The options that decide a picture's pixels. */
export type LoadOptions =
  & Pick<RunOptions, "orient" | "maxPixels" | "maxBytes" | "damaged">
  & Pick<DecodeOptions, "alpha" | "channels">;

/** The ways of decoding to go through. */
export interface DecodeWay {
  /** Lets each decode begin. */
  decodes: DecodeGate;
  /** Keeps those that have not begun from it, and ends the waiting for pictures. */
  signal?: AbortSignal;
  /** Called with each picture that was decoded, and the time that it took; absent: nobody asks. */
  onDecoded?: (picture: SlowPicture) => void;
}

/**
 * Decodes the pictures that some images of a plan read, by their index in the plan. Each begins when the gate
 * lets it, and none behind one that has failed: the error is that of the first that fails, in their order.
 * @throws {VitrailError} `decode` where one is not of the size that its header announced, `shape` for a frame
 * that is not as large as the first of its clip, and what decoding throws.
 */
export async function loadChunk(
  plan: Plan,
  images: Range,
  picture: (place: number) => Picture | Promise<Picture>,
  options: LoadOptions,
  { decodes, signal, onDecoded }: DecodeWay,
): Promise<Pictures> {
  const all = plan.images.slice(images.from, images.to).flatMap((image) => sourcePictures(plan, image));
  const needed = [...new Set(all)];
  let failed = Infinity, failure: unknown;
  const loaded = await Promise.allSettled(needed.map(async (index, at) => {
    try {
      const given = await orAborted(picture(index), signal), { width, height } = plan.pictures[index];
      return await decodes.pass(width * height, () => {
        signal?.throwIfAborted();
        if (at > failed) throw failure; // nobody waits for it
        return loadStored(given, index, options, { signal, onDecoded });
      });
    } catch (error) {
      if (at < failed) [failed, failure] = [at, error];
      throw error;
    }
  }));
  const pictures: Pictures = new Map(
    loaded.flatMap((own, at) => own.status === "fulfilled" ? [[needed[at], own.value]] : []),
  );
  try {
    for (const [at, own] of loaded.entries()) {
      if (own.status === "rejected") throw own.reason;
      requireSize(plan, needed[at], own.value);
    }
    return pictures;
  } catch (error) {
    freePixels(pictures);
    throw error;
  }
}

/** Decodes a picture, with the orientation to apply. */
async function loadStored(
  picture: Picture,
  index: number,
  options: LoadOptions,
  { signal, onDecoded }: Pick<DecodeWay, "signal" | "onDecoded">,
): Promise<StoredPicture> {
  let start = performance.now();
  const onBegin = () => start = performance.now();
  const loaded = await loadPicture(picture, index, options, { signal, onBegin });
  const { width, height, data, decoder, format } = loaded, name = pictureName(picture, index);
  onDecoded?.({
    name,
    isNamed: name !== placeName(index),
    ms: performance.now() - start,
    width,
    height,
    format,
    decoder,
  });
  const orientation = appliedOrientation(loaded, options.orient, name);
  return { width, height, data, orientation, own: decoder !== "none" };
}

/**
 * Frees the pixels that were decoded for a chunk, once nobody needs them. Left to the garbage collector they
 * would keep it busy, and each later picture would take fresh pages.
 */
export function freePixels(pictures: Pictures): void {
  for (const { data, own } of pictures.values()) {
    const { buffer } = data;
    if (!own || data.byteLength < buffer.byteLength || !(buffer instanceof ArrayBuffer)) continue;
    if (!buffer.detached) buffer.transfer(0);
  }
}

function requireSize(plan: Plan, index: number, picture: StoredPicture): void {
  const planned = plan.pictures[index], found = uprightSize(picture, picture.orientation);
  if (planned.width === found.width && planned.height === found.height) return;
  if (plan.clips) throw unlikeFirst(plan, index, found);
  throw new VitrailError(
    "decode",
    `picture ${index + 1} is ${sizeText(found)}, and its header announced ${sizeText(planned)}`,
  );
}

/** Returns the error of a frame of a clip's source, of which only the first was looked at before. */
function unlikeFirst({ clips, samples, pictures }: Plan, index: number, found: Size): VitrailError {
  let clip = 0, place = index;
  while (place >= samples[clip]) place -= samples[clip++];
  const frame = `frame ${clips![clip].indices[place] + 1} of clip ${clip + 1}`;
  const first = `the first frame of its clip is ${sizeText(pictures[index])}, and all must be as large`;
  return new VitrailError("shape", `${frame} is ${sizeText(found)}: ${first}`);
}
