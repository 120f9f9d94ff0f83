import { readPicture } from "../../codecs/encoded_picture.ts";
import { areForOneUse, isRawPixels, namedBytes, type Picture, plainBytes } from "../../codecs/picture.ts";
import { type ImagePlan, imagePlan, rowKindOf } from "../../plan/images/image_plan.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import type { Budget } from "../run/budget.ts";
import { DECODES_AT_ONCE } from "../run/decode_gate.ts";
import type { Gathered } from "../run/gather.ts";
import { mapLimited } from "../run/map_limited.ts";
import type { LoadOptions } from "../run/load_chunk.ts";
import type { ImageRows, RowCache } from "./row_cache.ts";

/** The options that decide a picture's pixels. */
type Reading = Pick<LoadOptions, "orient" | "alpha" | "damaged" | "maxBytes">;

/** An image of a call, as its cache knows it. */
export interface KnownImage {
  /** Its name in the cache: its pictures' contents, and all that makes rows of them. */
  readonly key: string;
  readonly own: ImagePlan;
  /** Its rows, where they are there. */
  readonly rows?: ImageRows;
}

/** The images of a call that a cache was asked for, and the call's pictures, held until it ends. */
export interface KnownImages extends Disposable {
  readonly cache: RowCache;
  readonly images: ReadonlyMap<PlannedImage, KnownImage>;
  /** Returns a picture by its place: the very bytes that the cache was asked by. Nobody else changes them. */
  readonly picture: Gathered["picture"];
}

/**
 * Asks a cache for a call's images. Pictures go by the sha256 of their bytes, whatever their names are.
 *
 * @param files the memory of pictures that are held until the call ends; those beyond it are not asked for
 * @throws {VitrailError} what reading a picture throws; the signal's reason where it is aborted.
 */
export async function knownImages(
  cache: RowCache,
  plan: Plan<Recipe>,
  picture: Gathered["picture"],
  { orient = "ignore", alpha, damaged = "refuse", maxBytes }: Reading,
  files: Budget,
  signal: AbortSignal | undefined,
): Promise<KnownImages> {
  const held = new Map<number, { picture: Picture; content: string }>();
  let taken = 0, isFull = false;
  const free = () => files.give(taken);
  const reading = mapLimited(plan.pictures, DECODES_AT_ONCE, async (_, place) => {
    signal?.throwIfAborted();
    if (isFull) return;
    const given = await picture(place), source = await readPicture(given, place, maxBytes);
    const bytes = "bytes" in source ? source.bytes : plainBytes(source);
    if (!files.takeFree(bytes.length)) {
      isFull = true;
      return;
    }
    taken += bytes.length;
    // A new view is not for one use: several pieces of the picture may decode it.
    const own = isCallers(given) ? new Uint8Array(bytes) : bytes.subarray() as Uint8Array<ArrayBuffer>;
    const sha256 = await sha256Of(own);
    held.set(
      place,
      "bytes" in source
        ? { picture: namedBytes(own, source.name), content: sha256 }
        : { picture: { ...source, data: own }, content: `${source.width}x${source.height} ${sha256}` },
    );
  });
  try {
    await reading;
  } catch (error) {
    free();
    throw error;
  }
  const { name, parameters, resampler, values } = plan.recipe;
  const made = JSON.stringify([name, parameters, resampler, values, orient, alpha, damaged]);
  const images = plan.images.flatMap((image): [PlannedImage, KnownImage][] => {
    const own = imagePlan(plan, image), pictures = own.pictures.map((place) => held.get(place)?.content);
    if (pictures.includes(undefined)) return [];
    const kinds = Object.keys(own.ranges).map((output) => [output, rowKindOf(plan, output)]);
    const key = JSON.stringify([pictures, own.views, kinds, made]), rows = cache.find(key);
    return [[image, { key, own, ...(rows && { rows }) }]];
  });
  return {
    cache,
    images: new Map(images),
    picture: (place) => held.get(place)?.picture ?? picture(place),
    [Symbol.dispose]: free,
  };
}

/** Tells if a picture's bytes are a caller's, who may change them after their hashing. */
function isCallers(picture: Picture): boolean {
  if (areForOneUse(picture)) return false;
  return picture instanceof Uint8Array || picture instanceof ArrayBuffer || isRawPixels(picture);
}

/** Returns the sha256 of bytes, in base64. It is computed aside. */
async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
