/** The work of a peer: what it is to make of pictures. */
export interface Work {
  /**
   * `hd` is the transform of ixc2-4khd, 16 tiles at most, with its global view; `qwen` that of qwen2_vl. Both
   * make f32 in CPU memory. `resize` is Pillow's `resize` alone, by Lanczos to a square of bytes.
   */
  task: "hd" | "qwen" | "resize";
  /** The pictures' paths, in order. */
  pictures: string[];
  /** True to decode before the clock starts; encoded bytes are read before it in any case. */
  decoded: boolean;
  /** True to leave the result on the device, and wait until it is there. */
  resident?: boolean;
  /**
   * The most processes, or Workers, that share a stream: each picture's rows by themselves, which are let go
   * once they are in CPU memory, unless the result is to be written. Absent where all pictures make one
   * result.
   */
  processes?: number;
}

/** A request to a peer, one line of JSON on its standard input. */
export interface Request {
  work: Work;
  /** The file to write the result's f32 values to; absent for none. */
  out?: string;
}

/** A peer's answer, one line of JSON on its standard output. */
export interface Answer {
  /** The time of the work alone, from pictures in memory to the result, ms. */
  ms: number;
  /** The result's shape, leading axis first. */
  shape: number[];
  /** The message of an error; the rest then says nothing. */
  error?: string;
}

/** CLIP's mean of each channel, by which both tasks normalise. */
export const MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
/** CLIP's standard deviation of each channel. */
export const STD = [0.26862954, 0.26130258, 0.27577711] as const;

/** The side of the square that `resize` makes, pixels. */
export const SQUARE = 1024;

/** The side of an `hd` tile, pixels. */
export const TILE = 336;
/** The most tiles of an `hd` picture. */
export const MOST_TILES = 16;

/** The `preprocessor_config.json` of Qwen2-VL, by which `qwen` is done. */
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
