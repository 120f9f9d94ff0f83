import { shown, VitrailError } from "../../errors.ts";
import { requireGiven, requireObjects } from "../../given/given_value.ts";
import type { DeviceRows } from "../../gpu/device_rows.ts";
import { countOf, shapeText } from "../../layout/shape.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import { Tensor } from "../results/tensor.ts";
import type { DevicePart, Operand, SpliceDtype } from "./splice_work.ts";

/** Elements in CPU memory: f32, f16, or the bits of f16, or of bf16 where a `dtype` says so. */
export type SpliceArray = Float32Array | Float16Array | Uint16Array;

/**
 * An input of a splice, features or one token: an array, an array with its shape, a tensor of ours wherever
 * it lies, or a caller's `GPUBuffer` (usage `STORAGE`, elements from its start) with its shape and type.
 * Features in several buffers are `parts`, whole rows in each, in order.
 */
export type SpliceInput =
  | SpliceArray
  | { shape: readonly number[]; data: SpliceArray; dtype?: SpliceDtype }
  | { shape: readonly number[]; dtype: SpliceDtype; buffer: GPUBuffer }
  | { shape: readonly number[]; dtype: SpliceDtype; parts: readonly DevicePart[] }
  | Tensor;

/** An input that was read: its type is known, and the memory that it lies in. */
export interface SpliceOperand {
  /** Its shape; undefined for a bare array. */
  shape?: readonly number[];
  elements: number;
  dtype: SpliceDtype;
  operand: Operand;
}

/** The terms on which an input is read. */
export interface ReadAs {
  /** The input's name, for people. */
  name: string;
  /** The type of a `Uint16Array` that says none. */
  bits: SpliceDtype;
  /** True where the executor has a device, whose buffers it can read. */
  device: boolean;
}

/**
 * Reads an input. A tensor on the device is read back where the executor has no device.
 * @throws {VitrailError} `usage` for what is no such input, or has another element type; `shape` where it
 * holds another count of elements than its shape says; `device` for a `GPUBuffer` without a device.
 */
export async function operandOf(input: SpliceInput, as: ReadAs): Promise<SpliceOperand> {
  if (ArrayBuffer.isView(input)) return ofArray(input, dtypeOf(as, input));
  if (input instanceof Tensor) return await ofTensor(input, as);
  if (typeof input === "object" && input !== null && Array.isArray(input.shape)) {
    for (const size of input.shape) {
      requireGiven(`a size in the shape of ${as.name}`, size, "a whole number from 0 up");
    }
    if ("data" in input && ArrayBuffer.isView(input.data)) {
      return shaped(as, input.shape, ofArray(input.data, dtypeOf(as, input.data, input.dtype)));
    }
    if ("buffer" in input) {
      const bytes = countOf(input.shape) * ELEMENT_BYTES[requireDtype(as, input.dtype)];
      return ofParts({ ...input, parts: [{ buffer: input.buffer, bytes }] }, as);
    }
    if ("parts" in input && Array.isArray(input.parts)) return ofParts(input, as);
  }
  const found = described(input);
  throw new VitrailError(
    "usage",
    `${as.name} is ${found}; give a Float32Array, a Float16Array or a Uint16Array, { shape, data }, ` +
      `{ shape, dtype, buffer } or a Tensor`,
  );
}

function described(input: unknown): string {
  if (Array.isArray(input)) return "a plain array";
  if (typeof input !== "object" || input === null) return shown(input);
  return `an object with ${Object.keys(input).join(", ") || "no fields"}`;
}

/** Returns the type of an array's elements, which must be the one that the caller says, if any. */
function dtypeOf({ name, bits }: ReadAs, data: SpliceArray, said?: SpliceDtype): SpliceDtype {
  const words = said ?? bits;
  const types: Record<string, SpliceDtype> = {
    Float32Array: "f32",
    Float16Array: "f16",
    Uint16Array: words === "bf16" ? "bf16" : "f16",
  };
  const kind = data.constructor.name, dtype = types[kind];
  if (dtype !== undefined && dtype === (said ?? dtype)) return dtype;
  const called = said === undefined ? "" : ` called ${shown(said)}`;
  throw new VitrailError(
    "usage",
    `${name} is a ${kind}${called}; f32 comes as a Float32Array, f16 as a Float16Array or a Uint16Array, ` +
      `bf16 as { shape, data: Uint16Array, dtype: "bf16" }`,
  );
}

function ofArray(data: SpliceArray, dtype: SpliceDtype): SpliceOperand {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { elements: data.length, dtype, operand: { bytes } };
}

async function ofTensor(tensor: Tensor, as: ReadAs): Promise<SpliceOperand> {
  const dtype = requireDtype(as, tensor.dtype);
  const { shape, parts } = tensor;
  if (as.device && parts.length > 0) {
    const elements = parts.reduce((sum, part) => sum + part.bytes, 0) / ELEMENT_BYTES[dtype];
    return shaped(as, shape, { elements, dtype, operand: { parts } });
  }
  const bytes = await tensor.bytes();
  return shaped(as, shape, { elements: bytes.length / ELEMENT_BYTES[dtype], dtype, operand: { bytes } });
}

/**
 * Reads a caller's buffers.
 * @throws {VitrailError} `device` where the executor cannot read them.
 */
function ofParts(
  { shape, dtype, parts }: { shape: readonly number[]; dtype: SpliceDtype; parts: readonly DevicePart[] },
  as: ReadAs,
): SpliceOperand {
  requireDtype(as, dtype);
  if (!as.device) {
    throw new VitrailError(
      "device",
      `${as.name} is in a GPUBuffer, and this engine's executor has no GPU; give an array`,
    );
  }
  requireObjects(`${as.name}.parts`, parts, "{ buffer, bytes }");
  for (const part of parts) requireBuffer(part, dtype, as);
  const elements = parts.reduce((sum, { bytes }) => sum + bytes, 0) / ELEMENT_BYTES[dtype];
  return shaped(as, shape, { elements, dtype, operand: { parts } });
}

/** The fields that a part has, be it one of a tensor of ours. */
const PART_FIELDS: readonly (keyof DeviceRows)[] = [
  "buffer",
  "bytes",
  "staging",
  "output",
  "dtype",
  "row",
  "shape",
];

/**
 * Holds a caller's part against what a kernel needs to read it.
 * @throws {VitrailError} `usage` for what is no `GPUBuffer`, or has no usage `STORAGE`, for no count of
 * bytes, and for fields that a part has not; `shape` for a buffer that is too small.
 */
function requireBuffer(part: DevicePart, dtype: SpliceDtype, { name }: ReadAs): void {
  const unknown = Object.keys(part).find((field) => !(PART_FIELDS as readonly string[]).includes(field));
  if (unknown !== undefined) {
    throw new VitrailError(
      "usage",
      `a part of ${name} is { buffer, bytes }, read from its start, found ${shown(unknown)}`,
    );
  }
  const { buffer, bytes } = part;
  requireGiven(`bytes of a part of ${name}`, bytes, "a whole number from 0 up");
  const given = buffer as Partial<GPUBuffer> | null | undefined;
  if (typeof given?.size !== "number" || typeof given.usage !== "number") {
    throw new VitrailError("usage", `${name} has a buffer that is ${described(buffer)}; give a GPUBuffer`);
  }
  if ((buffer.usage & GPUBufferUsage.STORAGE) === 0) {
    throw new VitrailError(
      "usage",
      `${name} is in a GPUBuffer without usage STORAGE, which a kernel needs to read it`,
    );
  }
  if (buffer.size >= bytes) return;
  throw new VitrailError(
    "shape",
    `${name} takes ${bytes} bytes of ${dtype}, and its GPUBuffer has ${buffer.size}`,
  );
}

function requireDtype({ name }: ReadAs, dtype: string): SpliceDtype {
  if (dtype === "f32" || dtype === "f16" || dtype === "bf16") return dtype;
  throw new VitrailError("usage", `${name} is of type ${shown(dtype)}; a splice takes f32, f16 or bf16`);
}

function shaped({ name }: ReadAs, shape: readonly number[], part: SpliceOperand): SpliceOperand {
  if (countOf(shape) === part.elements) return { ...part, shape };
  throw new VitrailError(
    "shape",
    `${name} ${shapeText(shape)} has ${countOf(shape)} elements by its shape, and holds ${part.elements}`,
  );
}
