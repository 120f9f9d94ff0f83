import { MAX_PIXELS, requirePixels } from "../../codecs/pixel_limit.ts";
import { appliedOrientation } from "../../codecs/headers/applied_orientation.ts";
import { type ProbedPicture, probePicture } from "../../codecs/load.ts";
import { bytesOfFile, isPath, type Picture, pictureName } from "../../codecs/picture.ts";
import type { ClipFrames } from "../../plan/clip_frames.ts";
import { VitrailError } from "../../errors.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";
import type { Plan } from "../../plan/plan.ts";
import { uprightSize } from "../../plan/stored_picture.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { type Call, clipsIn, samplesOf } from "../call.ts";
import { chosenFrames, type ClipSource } from "../clip_source.ts";
import type { RunOptions } from "../options.ts";
import { orAborted } from "./abort.ts";
import { FrameReader } from "./frame_reader.ts";
import { DECODES_AT_ONCE } from "./decode_gate.ts";
import { mapLimited } from "./map_limited.ts";

/** A call's pictures, as far as they are known before any is decoded. */
export interface Gathered {
  /** The upright size of each. */
  sizes: Size[];
  /** The name of each. */
  names: string[];
  /** Returns a picture by its place among them. Frames of a source are read then, each place once. */
  picture(place: number): Picture | Promise<Picture>;
  /** The number of pictures of each sample, where the call says so. */
  samples?: number[];
  /** The origin of each sample's frames, where samples are clips from sources. */
  clips?: ClipFrames[];
  /** Ends the sources. */
  close(): Promise<void>;
}

/** Bytes of a call's files that are kept from probing to decoding, so that they are read once. */
const KEPT_BYTES = 8 * 2 ** 20;

/** The options that decide the sizes of pictures, and the signal that ends their probing. */
type SizeOptions = Pick<RunOptions, "orient" | "maxPixels" | "maxBytes" | "signal">;

/**
 * Gathers a call's pictures: their headers are read, and the first frame of each source.
 * @throws {VitrailError} what reading and probing throws, and choosing frames.
 */
export async function gathered(recipe: Recipe, call: Call, options: SizeOptions): Promise<Gathered> {
  const clips = clipsIn(call);
  return clips ? await ofClips(recipe, clips, options) : await ofPictures(call, options);
}

/**
 * Requires pictures of the sizes that a plan was made for.
 * @throws {VitrailError} `io` for one that is of another, and `usage` for more or fewer pictures.
 */
export function requireSizes({ pictures }: Plan, { sizes, names }: Gathered): void {
  if (sizes.length !== pictures.length) {
    throw new VitrailError(
      "usage",
      `the plan is of ${pictures.length} pictures, and ${sizes.length} are given`,
    );
  }
  const changed = sizes.findIndex(({ width, height }, index) =>
    width !== pictures[index].width || height !== pictures[index].height
  );
  if (changed === -1) return;
  const [found, planned] = [sizes[changed], pictures[changed]].map(sizeText);
  throw new VitrailError(
    "io",
    `${names[changed]} has changed since it was planned: it is ${found}, and was ${planned}`,
  );
}

async function ofPictures(call: Call, options: SizeOptions): Promise<Gathered> {
  const { pictures, samples } = samplesOf(call);
  let room = KEPT_BYTES;
  const keeps = (bytes: number) => {
    if (bytes > room) return false;
    room -= bytes; // before it is read: others are read meanwhile
    return true;
  };
  const files = new Map<number, Uint8Array>();
  const probes = await mapLimited(pictures, DECODES_AT_ONCE, async (picture, index) => {
    options.signal?.throwIfAborted();
    const { file, ...probe } = await probePicture(picture, index, { keeps, maxBytes: options.maxBytes });
    if (file && isPath(picture)) files.set(index, bytesOfFile(file, picture));
    return probe;
  });
  return {
    sizes: probes.map((probe) => sizeIn(probe, options)),
    names: probes.map(({ name }) => name),
    picture(place) {
      const file = files.get(place);
      files.delete(place);
      return file ?? pictures[place];
    },
    samples,
    close: () => Promise.resolve(),
  };
}

async function ofClips(
  recipe: Recipe,
  sources: readonly ClipSource[],
  options: SizeOptions,
): Promise<Gathered> {
  const nameOf = (clip: number) => `clip ${clip + 1}`;
  const clips = sources.map((source, clip) => chosenFrames(recipe, source, nameOf(clip)));
  const readers = sources.map(({ frames }, clip) =>
    new FrameReader(frames, clips[clip].indices, nameOf(clip))
  );
  const close = async () => {
    for (const reader of readers) await reader.close();
  };
  try {
    const sizes = await mapLimited(readers, DECODES_AT_ONCE, async (reader, clip) => {
      const first = await orAborted(reader.first(), options.signal);
      const probe = await probePicture(first, clip, options);
      return sizeIn(probe, options);
    });
    const places = clips.flatMap(({ indices }, clip) => indices.map((_, place) => ({ clip, place })));
    return {
      sizes: places.map(({ clip }) => sizes[clip]),
      names: places.map(({ clip, place }) => {
        const { frames } = sources[clip], index = clips[clip].indices[place];
        return Array.isArray(frames)
          ? pictureName(frames[index], index)
          : `${nameOf(clip)}, frame ${index + 1}`;
      }),
      picture: (at) => readers[places[at].clip].take(places[at].place),
      samples: clips.map(({ indices }) => indices.length),
      clips,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws {VitrailError} `limit` for a picture of more pixels than are allowed. */
function sizeIn(probe: ProbedPicture, { orient = "ignore", maxPixels = MAX_PIXELS }: SizeOptions): Size {
  requirePixels(probe, maxPixels, probe.name);
  return uprightSize(probe, appliedOrientation(probe, orient, probe.name));
}
