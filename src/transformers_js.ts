import type { Picture, RawPixels } from "./codecs/picture.ts";
import type { Engine } from "./engine/engine.ts";
import { requireRunOptions, type RunOptions } from "./engine/options.ts";
import type { Batch } from "./engine/results/batch.ts";
import { onnxType } from "./engine/results/onnx_types.ts";
import type { Tensor, TensorData } from "./engine/results/tensor.ts";
import { requireChoice, VitrailError } from "./errors.ts";
import { type OptionNames, requireOptions } from "./given/given_options.ts";
import { requireGiven } from "./given/given_value.ts";
import { countOf } from "./layout/shape.ts";
import { recipeWith } from "./recipes/config.ts";
import { requireRecipe } from "./recipes/plan_sample.ts";
import type { Recipe } from "./recipes/recipe.ts";

/** transformers.js' `Tensor`, or a class that is made as theirs is. */
export interface TensorClass<T> {
  /** Makes a tensor of `dims` of elements in row-major order; `type` is ONNX's name, such as `float32`. */
  new (type: string, data: TensorData, dims: number[]): T;
}

/** A picture of transformers.js: `[height, width, channels]` bytes; grey, grey with alpha, RGB or RGBA. */
export interface RawImage {
  /** The bytes, `[height, width, channels]`. */
  data: Uint8Array | Uint8ClampedArray;
  /** In pixels. */
  width: number;
  /** In pixels. */
  height: number;
  /** 1 (grey), 2 (grey with alpha), 3 (RGB) or 4 (RGBA). */
  channels: 1 | 2 | 3 | 4;
}

/** Pictures as transformers.js' processors take them: one, a list, or a list for each sample. */
export type RawImages =
  | RawImage
  | Picture
  | readonly (RawImage | Picture)[]
  | readonly (readonly (RawImage | Picture)[])[];

/** The outputs of an image processor of transformers.js. */
export interface ImageInputs<T> {
  /** Each picture's `[height, width]`. */
  original_sizes: [height: number, width: number][];
  /** The `[height, width]` that each picture was resized to, or what a crop left of that. */
  reshaped_input_sizes: [height: number, width: number][];
  /** The Python processor's outputs under its names: tensors, and lists where it returns lists. */
  [output: string]: T | T[] | (number | boolean)[][];
}

/** An image processor that is called as those of transformers.js are. */
export interface ImageProcessor<T> {
  /**
   * Makes tensors of these pictures.
   *
   * Options that the processor's class has as fields replace the config's for this call. Others, such as a
   * tokenizer's, are not its business.
   */
  (images: RawImages, options?: Readonly<Record<string, unknown>>): Promise<ImageInputs<T>>;
  /** The fields of its config, which the processors for text read too. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Options of {@linkcode asImageProcessor}: transformers.js' tensor class, and those of a run. */
export interface ImageProcessorOptions<T> extends Pick<RunOptions, "alpha" | "verify"> {
  /** The class that the outputs are made of. */
  Tensor: TensorClass<T>;
  /** The type of what is computed of pixels: f32 by default. */
  dtype?: "f32" | "f16" | "u8";
}

const PROCESSOR_OPTIONS = {
  Tensor: true,
  dtype: true,
  alpha: true,
  verify: true,
} satisfies OptionNames<ImageProcessorOptions<unknown>>;

/**
 * Returns a recipe as an image processor of transformers.js, whose tensors are the Python processor's.
 *
 * It stands where theirs would. In what `AutoProcessor` made, that place is
 * `processor.components.image_processor`.
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
 * @throws {VitrailError} `usage` for what is no recipe, engine or class, and for options that there are not.
 */
export function asImageProcessor<T>(
  recipe: Recipe,
  engine: Engine,
  given: ImageProcessorOptions<T>,
): ImageProcessor<T> {
  requireRecipe(recipe);
  requireGiven("asImageProcessor: engine", engine, "an object", "Engine.open gives");
  requireOptions("asImageProcessor", given, PROCESSOR_OPTIONS);
  const { Tensor, ...options } = given;
  requireGiven("asImageProcessor: Tensor", Tensor, "a class", "transformers.js' Tensor");
  requireRunOptions(options);
  requireChoice("dtype", options.dtype, ["f32", "f16", "u8"]);
  const process = async (images: RawImages, given: Readonly<Record<string, unknown>> = {}) => {
    requireGiven("an image processor's options", given, "an object", "{ size }");
    // Not disposed of: the tensors that it returns lie in its memory.
    const batch = await engine.run(recipeWith(recipe, given), callOf(images), options);
    return await inputsOf(batch, Tensor);
  };
  return Object.assign(process, { config: recipe.parameters });
}

/**
 * Returns the pictures of a call as the engine takes them.
 *
 * @throws {VitrailError} `shape` for a picture whose bytes do not fit its size.
 */
function callOf(images: RawImages): Picture[] | Picture[][] {
  const list = (Array.isArray(images) ? images : [images]) as (RawImage | Picture | (RawImage | Picture)[])[];
  let index = 0;
  return list.map((item) =>
    Array.isArray(item) ? item.map((image) => pictureOf(image, index++)) : pictureOf(item, index++)
  ) as Picture[] | Picture[][];
}

/** Converts a batch to what their processor would return. */
async function inputsOf<T>({ outputs, images }: Batch, Tensor: TensorClass<T>): Promise<ImageInputs<T>> {
  const inputs: ImageInputs<T> = {
    original_sizes: images.map(({ size }) => [size.height, size.width]),
    reshaped_input_sizes: images.map(({ content, canvas }) => [
      Math.min(content.height, canvas.height),
      Math.min(content.width, canvas.width),
    ]),
  };
  for (const [name, tensor] of Object.entries(outputs)) inputs[name] = await theirTensor(tensor, Tensor);
  return inputs;
}

/**
 * Converts a tensor to theirs. Python's lists of numbers become lists, and its lists of arrays lists of
 * tensors.
 *
 * @throws {VitrailError} `usage` for bf16.
 */
async function theirTensor<T>(
  tensor: Tensor,
  Tensor: TensorClass<T>,
): Promise<T | T[] | (number | boolean)[][]> {
  const { dtype, shape, lists, shapes } = tensor;
  const type = onnxType(tensor), data = await tensor.data();
  if (!lists) return new Tensor(type, data, [...shape]);
  const [, ...rowShape] = shape, elements = countOf(rowShape);
  let begin = 0;
  const pieces = lists.map((rows) => {
    const piece = data.subarray(begin, begin + rows * elements);
    begin += piece.length;
    return piece;
  });
  if (shapes) return pieces.map((piece, index) => new Tensor(type, piece, [...shapes[index]]));
  return rowShape.length === 0
    ? pieces.map((piece) => dtype === "bool" ? Array.from(piece, Boolean) : Array.from(piece, Number))
    : pieces.map((piece, index) => new Tensor(type, piece, [lists[index], ...rowShape]));
}

/**
 * Returns a `RawImage` as the engine takes it: grey stands in all three channels. Anything but a grey
 * `RawImage` is returned as it is.
 *
 * @param index the picture's place in the call, from 0, by which messages name it
 * @throws {VitrailError} `shape` where the bytes do not fit the sizes.
 */
export function pictureOf(image: RawImage | Picture, index: number): Picture {
  const channels = (image as RawImage | null)?.channels;
  return channels === 1 || channels === 2 ? spread(image as RawImage, channels, index) : image as Picture;
}

/** Returns grey as RGB, or grey with alpha as RGBA. */
function spread({ data, width, height }: RawImage, channels: 1 | 2, index: number): RawPixels {
  requireGiven(`picture ${index + 1}: data`, data, "an array of numbers", "a Uint8Array");
  const pixels = width * height, needed = pixels * channels;
  if (data.length !== needed) {
    const what = channels === 1 ? "grey" : "grey and alpha";
    throw new VitrailError(
      "shape",
      `picture ${index + 1} is ${width}x${height} and has ${data.length} bytes: it needs ${needed} (${what})`,
    );
  }
  const wide = channels === 1 ? 3 : 4, spread = new Uint8Array(pixels * wide);
  for (let from = 0, to = 0; from < needed; from += channels, to += wide) {
    spread[to] = spread[to + 1] = spread[to + 2] = data[from];
    if (channels === 2) spread[to + 3] = data[from + 1];
  }
  return { width, height, data: spread, channels: wide };
}
