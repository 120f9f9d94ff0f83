import { CHOICES, type RunOptions } from "../../engine/options.ts";
import { VitrailError } from "../../errors.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { Arguments, Flag } from "./arguments.ts";
import { bytesOf } from "./engine_flags.ts";

/** The flag `--dtype`. */
export const DTYPE_FLAG: Flag = {
  name: "dtype",
  value: "TYPE",
  choices: CHOICES.dtype,
  default: "f32",
  text: "type of the tensors' elements; u8 gives the bytes before they are normalised",
};

/** The flag `--orient`. */
export const ORIENT_FLAG: Flag = {
  name: "orient",
  value: "HOW",
  choices: CHOICES.orient,
  default: "ignore",
  text: "exif shows pictures upright, by their EXIF orientation; TIFF files always are, as in Pillow",
};

/** The flags that say how pictures are read. */
export const PICTURE_FLAGS: readonly Flag[] = [
  ORIENT_FLAG,
  {
    name: "alpha",
    value: "HOW",
    choices: CHOICES.alpha,
    text: "drop the alpha channel, or put pictures on white; by default as the recipe's Python code does",
  },
  {
    name: "max-pixels",
    value: "N",
    default: "178956970",
    text: "refuse a picture of more pixels, before it is decoded",
  },
  {
    name: "max-bytes",
    value: "SIZE",
    default: "1GiB",
    text: "refuse a picture's file of more bytes, before it is read",
  },
  {
    name: "damaged",
    value: "HOW",
    choices: CHOICES.damaged,
    default: "refuse",
    text: "refuse damaged pictures, or keep what a decoder gives of them, which may not be Python's pixels",
  },
];

/** Returns the dtype that `--dtype` asks for. */
export function dtypeOf(args: Arguments): Dtype {
  return args.text("dtype") as Dtype;
}

/** Returns the value of `--orient`: if EXIF orientation counts. */
export function orientOf(args: Arguments): RunOptions["orient"] {
  return args.text("orient") as RunOptions["orient"];
}

/**
 * Returns the options of a run that the flags ask for.
 * @throws {VitrailError} `usage` for a bad number.
 */
export function runOptionsOf(args: Arguments): RunOptions {
  return {
    dtype: dtypeOf(args),
    orient: orientOf(args),
    alpha: args.text("alpha") as RunOptions["alpha"],
    maxPixels: pixelCount(args.text("max-pixels")),
    maxBytes: bytesOf("max-bytes", args.text("max-bytes")),
    damaged: args.text("damaged") as RunOptions["damaged"],
    verify: args.on("verify"),
  };
}

function pixelCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new VitrailError("usage", `--max-pixels is a whole number above 0, found "${text}"`);
}
