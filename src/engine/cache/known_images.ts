import { readPicture } from "../../codecs/encoded_picture.ts";
import { namedBytes, type Picture, plainBytes } from "../../codecs/picture.ts";
import { type ImagePlan, imagePlan, rowKindOf } from "../../plan/images/image_plan.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";
import type { Recipe } from "../../recipes/recipe.ts";
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

/** The images of a call that a cache was asked for, and the call's pictures. */
export interface KnownImages {
  readonly cache: RowCache;
  readonly images: ReadonlyMap<PlannedImage, KnownImage>;
  /** Returns a picture by its place: the very bytes that the cache was asked by. */
  readonly picture: Gathered["picture"];
}

/**
 * Asks a cache for a call's images. Pictures go by the sha256 of their bytes, whatever their names are.
 *
 * @param room bytes of files that may be held until they are decoded; those beyond it are not asked for
 * @throws {VitrailError} what reading a picture throws; the signal's reason where it is aborted.
 */
export async function knownImages(
  cache: RowCache,
  plan: Plan<Recipe>,
  picture: Gathered["picture"],
  reading: Reading,
  room: number,
  signal: AbortSignal | undefined,
): Promise<KnownImages> {
  const held = new Map<number, { picture: Picture; content: string }>();
  await mapLimited(plan.pictures, DECODES_AT_ONCE, async (_, place) => {
    signal?.throwIfAborted();
    if (room <= 0) return;
    const given = await picture(place), source = await readPicture(given, place, reading.maxBytes);
    if (!("bytes" in source)) {
      const content = `${source.width}x${source.height} ${await sha256Of(plainBytes(source))}`;
      held.set(place, { picture: given, content });
      return;
    }
    const { bytes, name } = source, isCallers = given instanceof Uint8Array || given instanceof ArrayBuffer;
    if (!isCallers) room -= bytes.length;
    const content = await sha256Of(bytes);
    held.set(place, { picture: isCallers ? given : namedBytes(bytes, name), content });
  });
  const { name, parameters, resampler, values } = plan.recipe, { orient, alpha, damaged } = reading;
  const made = JSON.stringify([name, parameters, resampler, values, orient, alpha, damaged]);
  const images = plan.images.flatMap((image): [PlannedImage, KnownImage][] => {
    const own = imagePlan(plan, image), pictures = own.pictures.map((place) => held.get(place)?.content);
    if (pictures.includes(undefined)) return [];
    const kinds = Object.keys(own.ranges).map((output) => [output, rowKindOf(plan, output)]);
    const key = JSON.stringify([pictures, own.views, kinds, made]), rows = cache.find(key);
    return [[image, { key, own, ...(rows && { rows }) }]];
  });
  return { cache, images: new Map(images), picture: (place) => held.get(place)?.picture ?? picture(place) };
}

/** Returns the sha256 of bytes, in base64. It is computed aside. */
async function sha256Of(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
