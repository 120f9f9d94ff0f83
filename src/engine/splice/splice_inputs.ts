import { VitrailError } from "../../errors.ts";
import { countOf, shapeText } from "../../layout/shape.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import { Tensor } from "../results/tensor.ts";
import type { Operand, SpliceDtype } from "./splice_work.ts";

/** Elements in CPU memory: f32, f16, or the bits of f16, or of bf16 where a `dtype` says so. */
export type SpliceArray = Float32Array | Float16Array | Uint16Array;

/**
 * An input of a splice, features or one token: an array, an array with its shape, a tensor of ours wherever
 * it lies, or a caller's `GPUBuffer` (usage `STORAGE`, elements from its start) with its shape and type.
 */
export type SpliceInput =
  | SpliceArray
  | { shape: readonly number[]; data: SpliceArray; dtype?: SpliceDtype }
  | { shape: readonly number[]; dtype: SpliceDtype; buffer: GPUBuffer }
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
    if ("data" in input && ArrayBuffer.isView(input.data)) {
      return shaped(as, input.shape, ofArray(input.data, dtypeOf(as, input.data, input.dtype)));
    }
    if ("buffer" in input) return ofBuffer(input, as);
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
  if (typeof input !== "object" || input === null) return String(input);
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
  const called = said === undefined ? "" : ` called ${said}`;
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

function ofBuffer(
  { shape, dtype, buffer }: { shape: readonly number[]; dtype: SpliceDtype; buffer: GPUBuffer },
  as: ReadAs,
): SpliceOperand {
  const bytes = countOf(shape) * ELEMENT_BYTES[requireDtype(as, dtype)];
  if (!as.device) {
    throw new VitrailError(
      "device",
      `${as.name} is in a GPUBuffer, and this engine runs the reference; give an array`,
    );
  }
  if ((buffer.usage & GPUBufferUsage.STORAGE) === 0) {
    throw new VitrailError(
      "usage",
      `${as.name} is in a GPUBuffer without usage STORAGE, which a kernel needs to read it`,
    );
  }
  if (buffer.size < bytes) {
    throw new VitrailError(
      "shape",
      `${as.name} ${shapeText(shape)} takes ${bytes} bytes of ${dtype}, and its GPUBuffer has ${buffer.size}`,
    );
  }
  return { shape, elements: countOf(shape), dtype, operand: { parts: [{ buffer, bytes }] } };
}

function requireDtype({ name }: ReadAs, dtype: string): SpliceDtype {
  if (dtype === "f32" || dtype === "f16" || dtype === "bf16") return dtype;
  throw new VitrailError("usage", `${name} is of type ${dtype}; a splice takes f32, f16 or bf16`);
}

function shaped({ name }: ReadAs, shape: readonly number[], part: SpliceOperand): SpliceOperand {
  if (countOf(shape) === part.elements) return { ...part, shape };
  throw new VitrailError(
    "shape",
    `${name} ${shapeText(shape)} has ${countOf(shape)} elements by its shape, and holds ${part.elements}`,
  );
}
