import { VitrailError } from "../../errors.ts";
import { roundHalfEven } from "../parts/resized_size.ts";
import {
  clipRefusal,
  type ClipTiming,
  requireFew,
  requireRate,
  type Sampler,
  type SamplingFields,
} from "./clip_timing.ts";
import { numpyLinspace, torchArange, torchLinspace, wholeLinspace } from "./frame_steps.ts";

/** The rate that classes take for a clip's where nobody knows it. */
export const ASSUMED_RATE = 24;

/**
 * Takes `num_frames` frames, or `fps` a second. With neither it takes all, which Python's code means, though
 * it fails there.
 * Source: transformers `video_processing_utils.py`, `BaseVideoProcessor.sample_frames`.
 */
export const uniform: Sampler = (clip, asked, own) => {
  requireOne(asked);
  const count = asked.num_frames ?? own.num_frames, fps = asked.fps ?? own.fps;
  if (count != null) return evenly(clip, count);
  if (fps != null) return evenly(clip, Math.trunc(clip.frames / requireRate(clip) * fps));
  return evenly(clip, clip.frames);
};

/**
 * Takes a multiple of `temporal_patch_size` frames: about `num_frames`, or `fps` a second within `min_frames`
 * and `max_frames`.
 * Source: transformers `models/qwen2_vl/video_processing_qwen2_vl.py`, `sample_frames`, and the same in
 * `models/video_llama_3/`.
 */
export const inTimeSteps: Sampler = (clip, asked, own) => {
  requireOne(asked);
  const count = asked.num_frames ?? own.num_frames, fps = asked.fps ?? own.fps;
  const time = asked.temporal_patch_size ?? own.temporal_patch_size!;
  if (count != null) return evenly(clip, roundHalfEven(count / time) * time);
  if (fps == null) return evenly(clip, clip.frames);
  const least = asked.min_frames ?? own.min_frames!, bound = asked.max_frames ?? own.max_frames!;
  const most = Math.floor(Math.min(bound, clip.frames) / time) * time;
  const exact = Math.min(Math.max(clip.frames / requireRate(clip) * fps, least), most, clip.frames);
  return evenly(clip, Math.floor(exact / time) * time);
};

/**
 * Takes `num_frames` frames, or `fps` a second within `min_frames` and `max_frames`. The first and the last
 * are among them.
 * Source: transformers `models/qwen3_vl/video_processing_qwen3_vl.py`, `sample_frames`, and the same in
 * `models/cosmos3_edge/` and `models/cohere_compass/`.
 */
export const firstToLast: Sampler = ({ frames, fps: rate = ASSUMED_RATE }, asked, own) => {
  requireOne(asked);
  const fps = asked.fps ?? own.fps, least = own.min_frames!, most = own.max_frames!;
  const wanted = asked.num_frames ??
    (fps == null
      ? Math.min(Math.max(frames, least), most)
      : Math.min(Math.max(Math.trunc(frames / rate * fps), least), most, frames));
  return numpyLinspace(0, frames - 1, wanted).map(roundHalfEven);
};

/**
 * Takes `num_frames` frames, or `fps` a second, from `initial_shift` on.
 * Source: transformers `models/internvl/video_processing_internvl.py`, `sample_frames`.
 */
export const shifted: Sampler = (clip, asked, own) => {
  const { frames } = clip, given = asked.num_frames ?? own.num_frames;
  if (given == null && asked.fps == null) {
    throw new VitrailError("recipe", "InternVL chooses frames by num_frames or by fps; give one of them");
  }
  const count = given ?? Math.trunc(frames / requireRate(clip) * asked.fps!);
  requireCountOf(clip, count);
  const shift = asked.initial_shift ?? own.initial_shift;
  const start = shift === true ? frames / count / 2 : Number(shift ?? 0);
  return requireWithin(clip, torchArange(start, frames, frames / count));
};

/**
 * Takes `fps` frames a second, at most `num_frames`. A second at each end is left out of long clips.
 * Source: transformers `models/smolvlm/video_processing_smolvlm.py`, `sample_frames`.
 */
export const withoutEnds: Sampler = (clip, asked, own) => {
  const rate = requireRate(clip), { frames, duration } = clip;
  const most = asked.num_frames ?? own.num_frames, fps = asked.fps ?? own.fps;
  if (most == null || fps == null) {
    throw new VitrailError("recipe", "SmolVLM chooses frames by num_frames and fps; give both of them");
  }
  if (duration === null) throw clipRefusal(clip, "SmolVLM needs the clip's duration, and there is none");
  const wanted = Math.max(1, Math.min(roundHalfEven(fps * duration), most));
  const long = duration - 2 > most * fps;
  const first = long ? Math.max(0, Math.trunc(rate)) : 0;
  const last = long ? Math.min(Math.trunc(frames - rate), frames - 1) : frames - 1;
  const indices = first >= last ? wholeLinspace(0, frames - 1, wanted) : wholeLinspace(first, last, wanted);
  return [...new Set(indices)].sort((a, b) => a - b);
};

/**
 * Takes `num_frames` frames from the first to the last, or chooses as the base class does.
 * Source: transformers `models/pe_video/video_processing_pe_video.py`, `sample_frames`.
 */
export const firstToLastOrUniform: Sampler = (clip, asked, own) => {
  const count = asked.num_frames;
  if (!count) return uniform(clip, asked, own);
  if (count === 1) throw clipRefusal(clip, "PE-Video takes 2 frames or more, and num_frames is 1");
  return Array.from({ length: count }, (_, i) => Math.trunc(i * (clip.frames - 1) / (count - 1)));
};

/**
 * Takes `num_frames` frames, or `fps` a second, within `min_frames` and `max_frames`.
 * Source: transformers `models/ernie4_5_vl_moe/video_processing_ernie4_5_vl_moe.py`, `sample_frames`.
 */
export const withinBounds: Sampler = (clip, asked, own) => {
  requireOne(asked);
  const { frames } = clip, given = asked.num_frames ?? own.num_frames;
  const least = asked.min_frames ?? own.min_frames!, most = asked.max_frames ?? own.max_frames!;
  if (given != null && (given < least || given > most)) {
    throw new VitrailError("recipe", `num_frames is from min_frames (${least}) to ${most}, found ${given}`);
  }
  const exact = asked.fps == null ? frames : frames / requireRate(clip) * asked.fps;
  return evenly(clip, given ?? Math.min(Math.max(exact, least), most, frames));
};

/**
 * Takes `fps` frames a second, at most `num_frames`, in whole time steps.
 * Source: transformers `models/muse_glimmer/video_processing_muse_glimmer.py`, `sample_frames`.
 */
export const evenTimeSteps: Sampler = ({ frames, fps: rate = ASSUMED_RATE }, asked, own) => {
  const fps = asked.fps ?? own.fps!, most = asked.num_frames ?? own.num_frames!;
  const time = asked.temporal_patch_size!;
  const wanted = Math.min(Math.trunc(frames * fps / rate), most, frames);
  return torchLinspace(frames - 1, Math.min(Math.max(time, Math.floor(wanted / time) * time), frames));
};

/**
 * Takes a frame a second, or ten a second of clips longer than `max_num_frames` seconds, at most
 * `max_num_frames`. With `stack_frames` the frames between them follow.
 * Source: transformers `models/minicpmv4_6/video_processing_minicpmv4_6.py`, `sample_frames`.
 */
export const everySecond: Sampler = (clip, asked, own) => {
  const { frames, duration } = clip, rate = requireRate(clip);
  if (duration === null) throw clipRefusal(clip, "MiniCPM-V needs the clip's duration, and there is none");
  const most = asked.max_num_frames ?? own.max_num_frames!, stack = asked.stack_frames ?? own.stack_frames!;
  const long = duration > most, seconds = long ? Math.ceil(duration) : wholeSeconds(clip, duration, rate);
  const at = (time: number) => Math.min(Math.trunc(time * rate), frames - 1);
  const main = long
    ? atMost(most, Math.trunc(duration / 0.1)).map((i) => at(i / 10))
    : Array.from({ length: seconds }, (_, i) => Math.trunc(i * rate));
  if (stack <= 1) return main;
  const last = Array.from({ length: stack - 1 }, (_, j) => seconds - 1 + (j + 1) / stack);
  const between = (seconds - 1) * (stack - 1) + last.filter((time) => time < duration).length;
  requireFew(clip, main.length + Math.min(between, most * (stack - 1)));
  const timeOf = (i: number) => Math.floor(i / (stack - 1)) + (i % (stack - 1) + 1) / stack;
  return [...main, ...atMost(most * (stack - 1), between).map((i) => at(timeOf(i)))];
};

/**
 * Returns a clip's seconds, a last one that has not ended among them. One that begins by the rounding of
 * `frames / fps` alone is none: Python looks for its frame there, which the clip has not, and fails.
 */
function wholeSeconds({ frames }: ClipTiming, duration: number, rate: number): number {
  const seconds = Math.ceil(duration), last = seconds - 1;
  const isOfRounding = duration - last < 1e-12 * seconds && Math.trunc(last * rate) >= frames;
  return isOfRounding ? last : seconds;
}

/** Returns at most `most` of the first `count` indices, evenly spaced. */
function atMost(most: number, count: number): number[] {
  return count <= most ? Array.from({ length: count }, (_, i) => i) : wholeLinspace(0, count - 1, most);
}

/** Returns about `count` frames, evenly spaced from the first on. `count` need not be whole. */
function evenly(clip: ClipTiming, count: number): number[] {
  requireCountOf(clip, count);
  return requireWithin(clip, torchArange(0, clip.frames, clip.frames / count));
}

/** @throws {VitrailError} `recipe` where a call gives `fps` and `num_frames`, of which one says it all. */
function requireOne({ fps, num_frames }: SamplingFields): void {
  if (fps == null || num_frames == null) return;
  throw new VitrailError(
    "recipe",
    `fps (${fps}) and num_frames (${num_frames}) exclude each other; make one of them null`,
  );
}

/** @throws {VitrailError} `shape` for no frames, and for more than the clip has or may be taken. */
function requireCountOf(clip: ClipTiming, count: number): void {
  if (count > clip.frames) throw clipRefusal(clip, `${count} are to be taken, more than there are`);
  requireFew(clip, count);
  if (count <= 0) throw clipRefusal(clip, "its fields come to no frame at all");
}

/**
 * @throws {VitrailError} `shape` where rounding makes an index one too many. Python fails there, too, when it
 * looks for that frame.
 */
function requireWithin(clip: ClipTiming, indices: number[]): number[] {
  const last = indices[indices.length - 1];
  if (last === undefined) throw clipRefusal(clip, "its fields come to no frame at all");
  if (last < clip.frames) return indices;
  throw clipRefusal(clip, `torch's rounding asks for frame ${last}, and the last is ${clip.frames - 1}`);
}
