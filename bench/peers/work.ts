/** What a peer is asked to make of pictures. */
export interface Work {
  /** `hd`: ixc2-4khd's transform, 16 tiles at most, with its global view; `qwen`: qwen2_vl's; both to f32 in CPU memory. */
  task: "hd" | "qwen";
  /** Paths, in order. */
  pictures: string[];
  /** Decode before the clock starts; encoded bytes are read before it in any case. */
  decoded: boolean;
  /** Leave the result on the device, and wait until it is there. */
  resident?: boolean;
}

/** A request to a peer, one line of JSON on its standard input. */
export interface Request {
  work: Work;
  /** Write the result's f32 values here, once. */
  out?: string;
}

/** A peer's answer, one line of JSON on its standard output. */
export interface Answer {
  /** Time of the work alone, pictures in memory to result. */
  ms: number;
  /** The result's shape, leading axis first. */
  shape: number[];
  /** What went wrong; the rest is then missing. */
  error?: string;
}

/** CLIP's mean and standard deviation, which both tasks normalise with. */
export const MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
/** The standard deviation. */
export const STD = [0.26862954, 0.26130258, 0.27577711] as const;

/** Side of an `hd` tile, pixels. */
export const TILE = 336;
/** Most tiles of an `hd` picture. */
export const MOST_TILES = 16;

/** The `preprocessor_config.json` of Qwen2-VL: what `qwen` does. */
export const QWEN_CONFIG = {
  image_processor_type: "Qwen2VLImageProcessor",
  do_resize: true,
  do_rescale: true,
  do_normalize: true,
  do_convert_rgb: true,
  rescale_factor: 1 / 255,
  resample: 3,
  min_pixels: 3136,
  max_pixels: 12845056,
  patch_size: 14,
  temporal_patch_size: 2,
  merge_size: 2,
  image_mean: MEAN,
  image_std: STD,
};
