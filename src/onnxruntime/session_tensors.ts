import type { SpliceArray, SpliceInput } from "../engine/splice/splice_inputs.ts";
import type { SpliceDtype } from "../engine/splice/splice_work.ts";
import { Tensor, type TensorData } from "../engine/results/tensor.ts";
import { type OnnxType, onnxType } from "../engine/results/onnx_types.ts";
import { shown, VitrailError } from "../errors.ts";
import { requireGiven, requireObjects } from "../given/given_value.ts";
import { countOf, shapeText } from "../layout/shape.ts";
import { ELEMENT_BYTES } from "../plan/dtype.ts";

/** The elements of a tensor as ONNX Runtime takes them: f16 is a `Uint16Array` of its bits. */
export type OrtArray = Exclude<TensorData, Float16Array<ArrayBuffer>>;

/** ONNX Runtime's `Tensor`, of `onnxruntime-web`, `onnxruntime-node` or `onnxruntime-common`. */
export interface OrtTensorClass<T> {
  /** Makes a tensor of elements in CPU memory. */
  new (type: OnnxType, data: OrtArray, dims: number[]): T;
  /** Makes a tensor of a buffer on the device. */
  fromGpuBuffer(buffer: GPUBuffer, options: { dataType: OnnxType; dims: number[] }): T;
}

/** An output of a session. */
export interface OrtTensor {
  /** ONNX's name of its type. */
  readonly type: string;
  /** Its shape. */
  readonly dims: readonly number[];
  /** The memory that it lies in: `cpu`, `cpu-pinned` or `gpu-buffer`. */
  readonly location: string;
  /** Its elements, where it lies in CPU memory; elsewhere ONNX Runtime throws where they are asked for. */
  readonly data?: unknown;
  /** Its buffer, where it lies on the device. */
  readonly gpuBuffer?: unknown;
}

/** The types of features that a splice takes, by their names in ONNX. */
const FEATURES: Record<string, SpliceDtype> = { float32: "f32", float16: "f16" };

/** The memories in which a splice takes an output, by ONNX Runtime's names: true for the CPU's. */
const LOCATIONS: Record<string, boolean> = { cpu: true, "cpu-pinned": true, "gpu-buffer": false };

/**
 * Returns a tensor as inputs of a session of ONNX Runtime: one, `[rows, …]`, or one for each part of a result
 * that no binding of the device holds. A session is then run once a part, and {@linkcode sessionFeatures}
 * takes what it gives for all of them. They lie where the tensor does, and only until it is disposed of.
 *
 * The engine and the session have one device: theirs first, by `Engine.open({ device })` of `await
 * ort.env.webgpu.device`, or ours first (onnxruntime-web 1.30), by `engine.device`. A session's outputs stay
 * there by `preferredOutputLocation: "gpu-buffer"`.
 *
 * [A model on the same GPU](./README.md) shows all of it.
 *
 * @param ort the package, or whatever has its `Tensor`
 * @throws {VitrailError} `usage` for bf16, or where the tensor was disposed of.
 */
export async function sessionInputs<T>(
  tensor: Tensor,
  ort: { Tensor: OrtTensorClass<T> },
): Promise<T[]> {
  if (!(tensor instanceof Tensor)) {
    throw new VitrailError("usage", `sessionInputs takes a tensor of a batch, found ${shown(tensor)}`);
  }
  requireGiven("sessionInputs: ort", ort, "an object", "onnxruntime-web");
  const { Tensor: OrtTensor } = ort;
  requireGiven("onnxruntime's Tensor", OrtTensor, "a class");
  const dataType = onnxType(tensor), { parts, shape } = tensor;
  if (parts.length > 0) {
    const ones = shape.slice(0, -parts[0].shape.length); // before the rows: those of tokens, `[1, total, 4C]`
    return parts.map((part) => {
      const dims = parts.length === 1 ? [...shape] : [...ones, ...part.shape];
      return OrtTensor.fromGpuBuffer(part.buffer, { dataType, dims });
    });
  }
  const data = await tensor.data();
  const bits = data instanceof Float16Array
    ? new Uint16Array(data.buffer, data.byteOffset, data.length)
    : data;
  return [new OrtTensor(dataType, bits, [...shape])];
}

/**
 * Returns features that a session gave, in one output or in several that follow one another along the leading
 * axis, as `engine.splice` takes them. They stay where they are; several in CPU memory are joined.
 * Outputs on the device stay the caller's, who disposes of them once the splice has resolved.
 * @param outputs f32 or f16, in one memory, their shapes equal but for the leading axis
 * @throws {VitrailError} `usage` for no outputs, of other types, in other memory, or that make no tensor
 * together.
 */
export function sessionFeatures(outputs: OrtTensor | readonly OrtTensor[]): SpliceInput {
  const list: readonly OrtTensor[] = Array.isArray(outputs) ? outputs : [outputs], [first] = list;
  requireObjects("sessionFeatures: outputs", list, "what a session gives");
  for (const output of list) requireOutput(output);
  const dtype = FEATURES[first?.type];
  if (dtype === undefined) {
    throw new VitrailError(
      "usage",
      `a splice takes a session's outputs of float32 or float16, found ${
        first === undefined ? "none" : word(first.type)
      }`,
    );
  }
  const onDevice = first.location === "gpu-buffer", [, ...row] = first.dims;
  for (const { type, location, dims } of list) {
    if (
      type === first.type && (location === "gpu-buffer") === onDevice && dims.slice(1).join() === row.join()
    ) {
      continue;
    }
    throw new VitrailError(
      "usage",
      `a session's outputs are ${first.type} ${shapeText(first.dims)} in ${word(first.location)} and ` +
        `${word(type)} ${shapeText(dims)} in ${word(location)}; they can differ in the leading axis alone`,
    );
  }
  const shape = [list.reduce((rows, { dims }) => rows + dims[0], 0), ...row];
  if (onDevice) {
    const parts = list.map(({ gpuBuffer, dims }) => (
      { buffer: gpuBuffer as GPUBuffer, bytes: countOf(dims) * ELEMENT_BYTES[dtype] }
    ));
    return { shape, dtype, parts };
  }
  return { shape, data: joined(list.map(({ data }) => data as SpliceArray)), dtype };
}

/**
 * Requires that an output has a shape, and elements where they can be had.
 * @throws {VitrailError} `usage` where it has not.
 */
function requireOutput(output: OrtTensor): void {
  const { dims, location } = output;
  requireGiven("an output's dims", dims, "numbers in a list", "[1, 577, 1024]");
  if (!Object.hasOwn(LOCATIONS, location)) {
    const known = Object.keys(LOCATIONS).join(", ");
    throw new VitrailError("usage", `an output's location is one of ${known}, found ${word(location)}`);
  }
  if (LOCATIONS[location]) {
    requireGiven("an output's data", output.data, "an array of numbers", "a Float32Array");
  } else {
    requireGiven("an output's gpuBuffer", output.gpuBuffer, "an object", "a GPUBuffer");
  }
}

/** Returns a name as it is, and anything else as messages show it. */
function word(name: unknown): string {
  return typeof name === "string" ? name : shown(name);
}

/** Returns arrays of one kind, one after another. */
function joined(arrays: readonly SpliceArray[]): SpliceArray {
  if (arrays.length === 1) return arrays[0];
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const all = new (arrays[0].constructor as new (length: number) => SpliceArray)(length);
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
