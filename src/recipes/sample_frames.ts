import { VitrailError } from "../errors.ts";
import { requireGiven } from "../given/given_value.ts";
import type { ClipFrames } from "../plan/clip_frames.ts";
import { Fields } from "./fields.ts";
import type { Recipe } from "./recipe.ts";
import {
  clipRefusal,
  type ClipTiming,
  type KnownTiming,
  knownTiming,
  requireFew,
  type SamplingFields,
} from "./videos/clip_timing.ts";
import { type FrameSampling, readSampling } from "./videos/frame_sampling.ts";

/**
 * The options of one call, under Python's names. They take the place of the config's fields. Those that a
 * model's class does not read of a call are refused.
 */
export interface SampleFramesOptions extends SamplingFields {
  /**
   * True to choose frames, false to take all of them. By default it is the config's, and true where `fps` or
   * `num_frames` is given here.
   */
  do_sample_frames?: boolean;
}

/** The frames that a recipe takes of a clip. */
export interface SampledFrames extends ClipFrames {
  /**
   * The seconds at which they stand. They are absent where the clip's rate is not known, and its class takes
   * none for it.
   */
  timestamps?: number[];
}

/**
 * Chooses the frames that a model's class for videos takes of a clip, from the clip's count and rate. It
 * reads no pixel.
 *
 * ```ts
 * import { recipeFromConfig } from "./config.ts";
 * import { sampleFrames } from "./sample_frames.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const recipe = recipeFromConfig({ video_processor_type: "Qwen3VLVideoProcessor" });
 * const { indices, timestamps } = sampleFrames(recipe, { frames: 48, fps: 24 });
 * assertEquals(indices, [0, 16, 31, 47]); // two frames a second, both ends among them
 * assertEquals(timestamps, [0, 16 / 24, 31 / 24, 47 / 24]);
 * ```
 *
 * @param options fields in place of the config's; null is Python's None
 * @throws {VitrailError} `recipe` for a recipe that takes no clips, and for options that make no sense,
 * change nothing or exclude each other; `shape` for a clip of which the class can take no frames, or would
 * take more than 262 144, and for one whose duration asks for frames that it has not (without one it is
 * `frames / fps`); `usage` for counts and rates that no clip has.
 */
export function sampleFrames(
  recipe: Recipe,
  clip: ClipTiming,
  options: SampleFramesOptions = {},
): SampledFrames {
  requireGiven("sampleFrames: recipe", recipe, "an object", "recipeFromConfig(json) gives");
  requireGiven("sampleFrames: clip", clip, "an object", "{ frames: 48, fps: 24 }");
  requireGiven("sampleFrames: options", options, "an object", "{ num_frames: 8 }");
  const sampling = samplingIn(recipe), timing = knownTiming(clip);
  const asked = askedOf(recipe.name, sampling, options);
  const indices = chooses(sampling, options)
    ? sampling.choose(timing, { ...sampling.own, ...asked }, sampling.own)
    : allOf(clip);
  requireFrames(timing, indices);
  const rate = clip.fps ?? sampling.assumedRate;
  return {
    indices,
    ...(rate === undefined ? {} : { timestamps: indices.map((index) => index / rate) }),
    ...(clip.fps === undefined ? {} : { fps: clip.fps }),
    frames: clip.frames,
    ...(timing.duration === null ? {} : { duration: timing.duration }),
  };
}

/** @throws {VitrailError} `shape` for a clip of more frames than may be taken. */
function allOf(clip: ClipTiming): number[] {
  requireFew(clip, clip.frames);
  return Array.from({ length: clip.frames }, (_, index) => index);
}

/** @throws {VitrailError} `shape` for no frames, and for frames that the clip has not. Python fails, too. */
function requireFrames(clip: KnownTiming, indices: readonly number[]): void {
  if (indices.length === 0) throw clipRefusal(clip, "its class takes not one");
  const beyond = indices.find((index) => index >= clip.frames);
  if (beyond === undefined) return;
  throw clipRefusal(
    clip,
    `its duration, ${clip.duration} s, asks for frame ${beyond}, which it has not; leave duration out, and ` +
      "it is frames / fps",
  );
}

/** @throws {VitrailError} `recipe` for a recipe that takes no clips. */
function samplingIn(recipe: Recipe): FrameSampling {
  if (recipe.kind === "processor" && recipe.sampling) return recipe.sampling;
  throw new VitrailError(
    "recipe",
    `${String(recipe.name)} chooses no frames: give the recipe of a video_preprocessor_config.json`,
  );
}

/** Reads a call's options. Null stays null, since it overrides the config's field. */
function askedOf(name: string, sampling: FrameSampling, options: SampleFramesOptions): SamplingFields {
  const { do_sample_frames, ...given } = options;
  if (do_sample_frames != null) requireGiven("do_sample_frames", do_sample_frames, "true or false");
  const fields = new Fields(options, `sampleFrames of ${name}`);
  const idle = sampling.ofConfig.find((field) => given[field] != null);
  if (idle !== undefined) {
    throw new VitrailError(
      "recipe",
      `sampleFrames of ${name} does not read ${idle}, which is read of the config alone; ` +
        "give it to recipeFromConfig",
    );
  }
  fields.ignore("do_sample_frames", ...sampling.ofConfig);
  fields.leaveUnused(...sampling.unread);
  const asked = readSampling(fields, sampling.reads);
  fields.requireNoOther();
  fields.requireUsed(given);
  const nulls = Object.entries(given).filter(([, value]) => value === null);
  return { ...asked, ...Object.fromEntries(nulls) };
}

function chooses({ on }: FrameSampling, { do_sample_frames, fps, num_frames }: SampleFramesOptions): boolean {
  return do_sample_frames ?? (on || fps != null || num_frames != null);
}
