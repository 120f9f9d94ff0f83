import { MAX_PIXELS, requirePixels } from "../../codecs/pixel_limit.ts";
import { appliedOrientation } from "../../codecs/headers/applied_orientation.ts";
import { probePicture } from "../../codecs/load.ts";
import { isRawPixels, type Picture } from "../../codecs/picture.ts";
import { shown, VitrailError } from "../../errors.ts";
import { bytesOfBase64 } from "../../given/base64.ts";
import type { ClipFrames } from "../../plan/clip_frames.ts";
import type { Size } from "../../plan/geometry.ts";
import { uprightSize } from "../../plan/stored_picture.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { sampleFrames } from "../../recipes/sample_frames.ts";
import { type Medium, misfit } from "../../text/messages.ts";
import type { RunOptions } from "../options.ts";
import { DECODES_AT_ONCE } from "../run/decode_gate.ts";
import { mapLimited } from "../run/map_limited.ts";

/** A picture of a conversation, or a frame of a clip: its size, and itself where it was given. */
export interface SizedPicture {
  /** The upright size. */
  readonly size: Size;
  /** The picture; absent where only its size was given. */
  readonly picture?: Picture;
}

/** A picture or a clip of a conversation: its one picture, or its frames. */
export interface SizedMedium {
  readonly medium: Medium;
  readonly pictures: readonly SizedPicture[];
  /** The origin of a clip's frames. */
  readonly chosen?: ClipFrames;
}

/** The part of a run's options that says how a picture's size is read, and the signal that ends it. */
export type SizeOptions = Pick<RunOptions, "orient" | "maxPixels" | "maxBytes" | "signal">;

/**
 * Reads the sizes of pictures and clips: from files' headers, or as they were given. Of a clip that is given
 * as its count, size and rate, the frames are chosen that the recipe takes.
 * @param recipe the recipe of clips; absent where there are none
 * @throws {VitrailError} `usage`, with the place, for what is neither a picture nor a size; `io` and `decode`
 * for a picture that cannot be read; what `sampleFrames` throws.
 */
export async function sizedMedia(
  media: readonly Medium[],
  recipe: Recipe | undefined,
  options: SizeOptions,
): Promise<SizedMedium[]> {
  const clips = media.map((medium) => medium.video ? clipOf(medium, recipe) : undefined);
  const all = media.flatMap(({ value, where }, index) =>
    (clips[index]?.frames ?? [value]).map((picture) => ({ picture, where }))
  );
  const sized = await mapLimited(all, DECODES_AT_ONCE, async ({ picture, where }, index) => {
    options.signal?.throwIfAborted();
    return await sizedPicture(picture, where, index, options);
  });
  let next = 0;
  return media.map((medium, index) => {
    const clip = clips[index], pictures = sized.slice(next, next += clip?.frames.length ?? 1);
    return { medium, pictures, ...(clip && { chosen: clip.chosen }) };
  });
}

/** Returns the frames of a clip, pictures or sizes, and which frames of a longer clip they are. */
function clipOf(
  { value, where, fps }: Medium,
  recipe: Recipe | undefined,
): { frames: readonly unknown[]; chosen: ClipFrames } {
  if (Array.isArray(value) && value.length > 0) {
    const indices = value.map((_, index) => index);
    return { frames: value, chosen: { indices, frames: value.length, ...(fps !== undefined && { fps }) } };
  }
  const { frames, width, height, fps: rate = fps } = (value ?? {}) as Record<string, unknown>;
  if (!isSide(frames) || !isSide(width) || !isSide(height)) {
    const expected = "a list of frames, or { frames, width, height, fps }; films are not decoded";
    throw misfit(`${where}.video`, value, expected);
  }
  const chosen = sampleFrames(recipe!, { frames, ...(rate !== undefined && { fps: rate as number }) });
  return { frames: chosen.indices.map(() => ({ width, height })), chosen };
}

async function sizedPicture(
  value: unknown,
  where: string,
  index: number,
  { orient = "ignore", maxPixels = MAX_PIXELS, maxBytes }: SizeOptions,
): Promise<SizedPicture> {
  if (isSize(value)) return { size: { width: value.width, height: value.height } };
  const picture = pictureOf(value, where);
  const probe = await probePicture(picture, index, { maxBytes });
  requirePixels(probe, maxPixels, probe.name);
  return { picture, size: uprightSize(probe, appliedOrientation(probe, orient, probe.name)) };
}

function isSize(value: unknown): value is Size {
  const { width, height } = (value ?? {}) as Partial<Size>;
  return isSide(width) && isSide(height) && !isRawPixels(value);
}

function isSide(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function pictureOf(value: unknown, where: string): Picture {
  if (typeof value === "string") {
    if (/^data:/i.test(value)) return bytesOfDataUrl(value, where);
    if (/^file:/i.test(value)) return fileUrl(value, where);
    if (!/^https?:/i.test(value)) return value;
    throw new VitrailError(
      "usage",
      `${where} is ${shown(value)}; nothing is fetched: give its bytes, its file or its size`,
    );
  }
  const kinds = [URL, Uint8Array, ArrayBuffer, Blob];
  if (kinds.some((kind) => value instanceof kind) || isRawPixels(value)) return value as Picture;
  throw misfit(where, value, "a picture, its path or its size");
}

function fileUrl(text: string, where: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new VitrailError("usage", `${where} is ${shown(text)}, which is no file: URL`);
}

function bytesOfDataUrl(url: string, where: string): Uint8Array {
  const [, data] = /^data:[^,]*;base64,(.*)$/is.exec(url) ?? [];
  try {
    return bytesOfBase64(data);
  } catch (cause) {
    throw new VitrailError("usage", `${where} is a data: URL that is not base64`, { cause });
  }
}
