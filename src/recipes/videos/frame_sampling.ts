import { type Fields, isCount } from "../fields.ts";
import { MOST_FRAMES } from "../refusal.ts";
import type { Sampler, SamplingFields } from "./clip_timing.ts";
import { ASSUMED_RATE, firstToLast } from "./samplers.ts";

/** The way in which a class for videos chooses frames. */
export interface FrameSampling {
  /** Chooses them. */
  choose: Sampler;
  /** The config's fields, and the class's defaults. */
  own: SamplingFields;
  /** The names of the fields that the class reads of a call. */
  reads: readonly (keyof SamplingFields)[];
  /** The names of those that it reads of its config alone. */
  ofConfig: readonly (keyof SamplingFields)[];
  /** The names of those that it has, and does not read. */
  unread: readonly (keyof SamplingFields)[];
  /** `do_sample_frames`: false where Python's processor takes all frames unless a call asks for some. */
  on: boolean;
  /** The rate that the class takes for a clip's where nobody knows it; absent: none. */
  assumedRate?: number;
}

/** A class's way of choosing frames, before its config is read. */
export interface SamplingDefaults extends SamplingFields {
  /** Chooses the frames. */
  choose: Sampler;
  /** `do_sample_frames` by default; false. */
  on?: boolean;
  /** The fields that the class reads of its config alone, whatever a call says. */
  ofConfig?: readonly (keyof SamplingFields)[];
  /** The fields that the class has, and does not read. */
  unread?: readonly (keyof SamplingFields)[];
  /** The rate that the class takes for a clip's where nobody knows it; absent: none. */
  assumedRate?: number;
}

/** The fields of the classes for videos on which no tensor depends. */
const NEUTRAL = ["video_processor_type", "return_metadata", "video_metadata", "size_divisor"];

const isRate = (n: number) => n > 0 && n <= 1000;
const isNatural = (n: number) => n === 0 || isCount(n) && n <= 1000;

/** Readers of the fields by which classes choose frames. */
const READERS: { [K in keyof Required<SamplingFields>]: (fields: Fields) => SamplingFields[K] } = {
  fps: (fields) => fields.number("fps", "frames a second, above 0, 1000 at most", isRate),
  num_frames: (fields) => fields.count("num_frames", MOST_FRAMES),
  min_frames: (fields) => fields.count("min_frames", MOST_FRAMES),
  max_frames: (fields) => fields.count("max_frames", MOST_FRAMES),
  temporal_patch_size: (fields) => fields.count("temporal_patch_size", MOST_FRAMES),
  max_duration: (fields) => fields.number("max_duration", "seconds, from 0 up", (n) => n >= 0),
  initial_shift: (fields) =>
    fields.take("initial_shift", "true, false or a number of frames", (value) => {
      if (typeof value === "boolean") return value;
      return typeof value === "number" && value >= 0 ? value : undefined;
    }),
  max_num_frames: (fields) => fields.count("max_num_frames", MOST_FRAMES),
  stack_frames: (fields) => fields.number("stack_frames", "a whole number from 0 to 1000", isNatural),
};

/** The fields that all classes have, even those whose default is none. */
const OF_ALL = ["fps", "num_frames"] as const;

/**
 * Reads the fields by which a class chooses frames: `fps`, `num_frames`, and those that it has defaults of,
 * but for those that it does not read. It passes over those of videos that change nothing.
 * @throws {VitrailError} `recipe` for a value that makes no sense.
 */
export function samplingOf(fields: Fields, defaults: SamplingDefaults): FrameSampling {
  const { choose, on = false, assumedRate, ofConfig = [], unread = [], ...known } = defaults;
  const names = new Set([...OF_ALL, ...Object.keys(known) as (keyof SamplingFields)[]]);
  const read = [...names].filter((name) => !unread.includes(name));
  fields.ignore(...NEUTRAL);
  fields.leaveUnused(...unread);
  return {
    choose,
    own: { ...known, ...readSampling(fields, read) },
    reads: read.filter((name) => !ofConfig.includes(name)),
    ofConfig,
    unread,
    on: fields.boolean("do_sample_frames") ?? on,
    assumedRate,
  };
}

/**
 * Reads those of some fields that are given.
 * @throws {VitrailError} `recipe` for a value that makes no sense.
 */
export function readSampling(fields: Fields, reads: readonly (keyof SamplingFields)[]): SamplingFields {
  const found = reads.map((field) => [field, READERS[field](fields)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/**
 * Reads the fields of a class that takes two frames a second, 4 to 768 of them, from the first to the last.
 * Source: transformers `models/qwen3_vl/video_processing_qwen3_vl.py`, `sample_frames`.
 */
export function twoASecond(fields: Fields): FrameSampling {
  return samplingOf(fields, {
    choose: firstToLast,
    on: true,
    fps: 2,
    min_frames: 4,
    max_frames: 768,
    ofConfig: ["min_frames", "max_frames"],
    assumedRate: ASSUMED_RATE,
  });
}
