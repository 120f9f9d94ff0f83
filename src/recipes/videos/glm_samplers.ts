import { roundHalfEven } from "../parts/resized_size.ts";
import { type KnownTiming, requireFew, requireRate, type Sampler } from "./clip_timing.ts";
import { numpyLinspace, wholeLinspace } from "./frame_steps.ts";

/** The rate that GLM-4.1V takes for a clip's where nobody knows it. */
const GLM4V_RATE = 2;

/** Seconds above which GLM-4.6V looks at no more of a clip. */
const GLM46V_SECONDS = 2400;

/** The most frames that GLM-4.6V takes. */
const GLM46V_FRAMES = 640;

/**
 * Takes `fps` frames a second of clips up to `max_duration` seconds, and of longer ones as many as of one
 * that long. An odd count is made even by repeating the last.
 * Source: transformers `models/glm4v/video_processing_glm4v.py`, `sample_frames`.
 */
export const glm4vFrames: Sampler = (clip, asked, own) => {
  const { frames, fps: rate = GLM4V_RATE } = clip, last = frames - 1;
  const fps = asked.fps ?? own.fps!, longest = own.max_duration!;
  const seconds = clip.duration ?? roundHalfEven(last / rate) + 1;
  const atTime = (time: number) => Math.min(last, Math.ceil(time));
  if (seconds <= longest) {
    const count = Math.floor(seconds * fps);
    requireFew(clip, count);
    return evenUnique(Array.from({ length: count }, (_, i) => atTime(i * rate / fps)));
  }
  const count = Math.trunc(longest * fps);
  requireFew(clip, Math.min(count, frames));
  if (count >= frames) return evenUnique(Array.from({ length: frames }, (_, i) => i));
  return evenUnique(numpyLinspace(0, seconds, count).map((time) => atTime(time * rate)));
};

/**
 * Takes frames at a rate that falls with the clip's length: 3 time steps a second up to 30 seconds, 1 up to
 * 300, and one in two seconds beyond. An odd count is made even by repeating the last.
 * Source: transformers `models/glm46v/video_processing_glm46v.py`, `sample_frames`.
 */
export const glm46vFrames: Sampler = (clip, _asked, own) => {
  const time = own.temporal_patch_size!, seconds = secondsOf(clip);
  const effective = Math.min(seconds, GLM46V_SECONDS);
  const steps = effective <= 30 ? 3 : effective <= 300 ? 1 : 0.5;
  const wanted = Math.min(Math.trunc(effective * steps * time), GLM46V_FRAMES);
  const found = clip.frames < wanted
    ? wholeLinspace(0, clip.frames - 1, wanted)
    : greedy(clip, wanted, 1 / (time * steps), Math.trunc(seconds));
  const enough = found.length < 3 ? wholeLinspace(0, clip.frames - 1, wanted) : found;
  const indices = spread(enough, wanted, clip.frames);
  return evenUnique(indices);
};

/**
 * Takes `fps` frames a second, at most `max_frames`. An odd count is made even by repeating the last.
 * Source: transformers `models/glmga/video_processing_glmga.py`, `sample_frames`.
 */
export const glmgaFrames: Sampler = (clip, asked, own) => {
  const { frames } = clip, fps = asked.fps ?? own.fps!, seconds = secondsOf(clip);
  const wanted = Math.min(Math.trunc(seconds * fps), own.max_frames!);
  const found = frames < wanted
    ? Array.from({ length: wanted }, (_, i) => Math.floor(i * frames / wanted))
    : greedy(clip, wanted, 1 / fps, seconds - 1 / fps);
  return evenUnique(spread(found, wanted, frames));
};

/**
 * Takes `fps` frames a second, at most `max_frames`, and of at most `max_duration` seconds where that is
 * above 0. An odd count is made even by repeating the last.
 * Source: transformers `models/glm5_next/modular_glm5_next.py`, `sample_frames`.
 */
export const glm5NextFrames: Sampler = (clip, asked, own) => {
  const { frames } = clip, fps = asked.fps ?? own.fps!, seconds = secondsOf(clip);
  const longest = own.max_duration ?? 0;
  const counted = longest <= 0 ? seconds : Math.min(seconds, longest);
  const wanted = Math.min(Math.trunc(counted * fps), own.max_frames!);
  const found = frames < wanted
    ? wholeLinspace(0, frames - 1, wanted)
    : greedy(clip, wanted, 1 / fps, Math.trunc(seconds));
  return evenUnique(spread(found, wanted, frames));
};

/** Returns a clip's seconds, as far as its last frame begins where there is no duration. */
function secondsOf(clip: KnownTiming): number {
  const rate = requireRate(clip);
  return clip.duration ?? roundHalfEven((clip.frames - 1) / rate) + 1;
}

/**
 * Takes the first frame of each interval of `step` seconds, until `end` seconds are passed. It ends where it
 * has more than `wanted`, since others are taken then.
 */
function greedy(clip: KnownTiming, wanted: number, step: number, end: number): number[] {
  const each = 1 / requireRate(clip), found: number[] = [];
  let next = 0, frame = 0;
  while (frame < clip.frames && found.length <= wanted) {
    if (frame * each < next) {
      // One frame early: `next / each` may be rounded up past a frame whose time is not before `next`.
      frame = Math.max(frame + 1, Math.floor(next / each) - 1);
      continue;
    }
    next += step;
    found.push(frame++);
    if (next >= end) break;
  }
  return found;
}

/** Returns exactly `wanted` frames: those found, or as many between the first and the last. */
function spread(found: number[], wanted: number, frames: number): number[] {
  if (found.length > wanted) return wholeLinspace(0, frames - 1, wanted);
  if (found.length === wanted) return found;
  return wholeLinspace(found[0] ?? 0, found.at(-1) ?? Math.max(frames - 1, 0), wanted);
}

/** Returns each index once, and the last twice where their count is odd. */
function evenUnique(indices: readonly number[]): number[] {
  const unique = [...new Set(indices)];
  return unique.length % 2 === 0 ? unique : [...unique, unique[unique.length - 1]];
}
