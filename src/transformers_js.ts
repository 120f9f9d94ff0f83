import type { Picture } from "./codecs/picture.ts";
import type { RawPixels } from "./codecs/pixels.ts";
import type { Engine } from "./engine/engine.ts";
import type { RunOptions } from "./engine/options.ts";
import type { Batch } from "./engine/results/batch.ts";
import type { Tensor, TensorData } from "./engine/results/tensor.ts";
import { VitrailError } from "./errors.ts";
import { recipeWith } from "./recipes/config.ts";
import type { Recipe } from "./recipes/recipe.ts";

/** transformers.js' `Tensor`, or a class that is made as theirs is. */
export interface TensorClass<T> {
  new (type: string, data: TensorData, dims: number[]): T;
}

/** Pictures as transformers.js' processors take them: one, a list, or a list for each sample. */
export type RawImages =
  | RawImage
  | Picture
  | readonly (RawImage | Picture)[]
  | readonly (readonly (RawImage | Picture)[])[];

/** What an image processor of transformers.js returns. */
export interface ImageInputs<T> {
  /** Each picture's `[height, width]`. */
  original_sizes: [height: number, width: number][];
  /** What it was resized to and, where that is cropped, what is left of it: `[height, width]`. */
  reshaped_input_sizes: [height: number, width: number][];
  /** The Python processor's outputs under its names: tensors, and lists where it returns lists. */
  [output: string]: T | T[] | number[][];
}

/** An image processor that is called as those of transformers.js are. */
export interface ImageProcessor<T> {
  /**
   * Tensors of these pictures. Options that the processor's class has as fields replace the config's for this call; others, a
   * tokenizer's for one, are not its business.
   */
  (images: RawImages, options?: Readonly<Record<string, unknown>>): Promise<ImageInputs<T>>;
  /** The fields of its config, which the processors for text read too. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** transformers.js' tensor class, and how to run. */
export interface ImageProcessorOptions<T> extends Pick<RunOptions, "alpha" | "verify"> {
  Tensor: TensorClass<T>;
  /** The type of what is computed of pixels: f32 by default. */
  dtype?: "f32" | "f16" | "u8";
}

/** The names that ONNX gives to types. */
const TYPES = {
  f32: "float32",
  f16: "float16",
  u8: "uint8",
  i64: "int64",
  i32: "int32",
  bool: "bool",
} as const;

/**
 * A recipe as an image processor of transformers.js, to stand where theirs would: `processor.components.image_processor =
 * asImageProcessor(…)` in what `AutoProcessor` made. Its tensors are the Python processor's.
 *
 * ```ts
 * import { asImageProcessor, Engine, recipeFromConfig } from "@vitrail/vitrail";
 * import { assertEquals } from "@std/assert";
 *
 * // import { RawImage, Tensor } from "@huggingface/transformers"; here, classes made as theirs are
 * class Tensor {
 *   constructor(readonly type: string, readonly data: ArrayLike<number | bigint>, readonly dims: number[]) {}
 * }
 * const image = { width: 64, height: 48, channels: 3 as const, data: new Uint8ClampedArray(64 * 48 * 3) };
 *
 * await using engine = await Engine.open({ executor: "reference" });
 * const recipe = recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor", min_pixels: 784 });
 * const processor = asImageProcessor(recipe, engine, { Tensor });
 * const { pixel_values, image_grid_thw, original_sizes } = await processor([image]);
 * assertEquals((pixel_values as Tensor).dims, [16, 1176]);
 * assertEquals((image_grid_thw as Tensor).data, BigInt64Array.of(1n, 4n, 4n));
 * assertEquals(original_sizes, [[48, 64]]);
 * ```
 */
export function asImageProcessor<T>(
  recipe: Recipe,
  engine: Engine,
  { Tensor, ...options }: ImageProcessorOptions<T>,
): ImageProcessor<T> {
  const process = async (images: RawImages, given: Readonly<Record<string, unknown>> = {}) => {
    // Not disposed of: the tensors that it returns lie in its memory.
    const batch = await engine.run(recipeWith(recipe, given), callOf(images), options);
    return await inputsOf(batch, Tensor);
  };
  return Object.assign(process, { config: recipe.parameters });
}

/** @throws {VitrailError} `shape` for a picture whose bytes do not fit its size. */
function callOf(images: RawImages): Picture[] | Picture[][] {
  const list = (Array.isArray(images) ? images : [images]) as (RawImage | Picture | (RawImage | Picture)[])[];
  let index = 0;
  return list.map((item) =>
    Array.isArray(item) ? item.map((image) => pictureOf(image, index++)) : pictureOf(item, index++)
  ) as Picture[] | Picture[][];
}

async function inputsOf<T>({ outputs, images }: Batch, Tensor: TensorClass<T>): Promise<ImageInputs<T>> {
  const inputs: ImageInputs<T> = {
    original_sizes: images.map(({ size }) => [size.height, size.width]),
    reshaped_input_sizes: images.map(({ content, canvas }) => [
      Math.min(content.height, canvas.height),
      Math.min(content.width, canvas.width),
    ]),
  };
  for (const [name, tensor] of Object.entries(outputs)) inputs[name] = await theirs(tensor, Tensor);
  return inputs;
}

async function theirs<T>(tensor: Tensor, Tensor: TensorClass<T>): Promise<T | T[] | number[][]> {
  const { name, dtype, shape, lists } = tensor;
  if (dtype === "bf16") {
    throw new VitrailError("usage", `${name} is bf16, which ONNX tensors in JavaScript are not`);
  }
  const data = await tensor.data(), type = TYPES[dtype];
  if (!lists) return new Tensor(type, data, [...shape]);
  const [, ...row] = shape, elements = row.reduce((a, b) => a * b, 1);
  let at = 0;
  const parts = lists.map((count) => data.subarray(at, at += count * elements));
  // Python's lists of numbers are lists here; its lists of arrays, of tensors.
  return row.length === 0
    ? parts.map((part) => Array.from(part, Number))
    : parts.map((part, index) => new Tensor(type, part, [lists[index], ...row]));
}

/** transformers.js' picture: `[height, width, channels]` bytes; grey, grey with alpha, RGB or RGBA. */
export interface RawImage {
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
}

/**
 * A `RawImage` as the engine takes it: grey stands in all three channels. What is no `RawImage` of grey is left as it is.
 * @param index the picture's place in the call, from 0, by which messages name it
 * @throws {VitrailError} `shape` where the bytes do not fit the sizes.
 */
export function pictureOf(image: RawImage | Picture, index: number): Picture {
  const channels = (image as RawImage).channels;
  return channels === 1 || channels === 2 ? spread(image as RawImage, channels, index) : image as Picture;
}

function spread({ data, width, height }: RawImage, channels: 1 | 2, index: number): RawPixels {
  const pixels = width * height;
  if (data.length !== pixels * channels) {
    throw new VitrailError(
      "shape",
      `picture ${index + 1} is ${width}x${height} and has ${data.length} bytes: it needs ${
        pixels * channels
      } ` +
        (channels === 1 ? "(grey)" : "(grey and alpha)"),
    );
  }
  const wide = channels === 1 ? 3 : 4, spread = new Uint8Array(pixels * wide);
  for (let pixel = 0; pixel < pixels; pixel++) {
    spread.fill(data[pixel * channels], pixel * wide, pixel * wide + 3);
    if (channels === 2) spread[pixel * wide + 3] = data[pixel * channels + 1];
  }
  return { width, height, data: spread, channels: wide };
}
