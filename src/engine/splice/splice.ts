import { requireChoice, VitrailError } from "../../errors.ts";
import type { DeviceRows, GpuExecutor } from "../../gpu/gpu_executor.ts";
import { type Operand, spliceRun, type SpliceWork, tokenBytesOf } from "./splice_gpu.ts";
import { planSplice, requireLength, sourcesOf, type SplicedImage, type SplicePlan } from "./splice_plan.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import type { Elements } from "../../reference/rearrange.ts";
import { splice } from "./splice_reference.ts";
import { CHOICES } from "../options.ts";
import { type Executor, requireGpu } from "../executors.ts";
import { operandOf, type SpliceDtype, type SpliceInput, type SpliceOperand } from "./splice_inputs.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import { Tensor } from "../results/tensor.ts";

/** What is spliced between the features, and where the tokens go. */
export interface SpliceOptions {
  /** `[4C]`: the token that ends every row of tokens (`plora_sub_GN` in InternLM-XComposer). */
  newline: SpliceInput;
  /** `[4C]`: the token between a global view and its tiles (`plora_glb_GN`). */
  separator: SpliceInput;
  /** Where the tokens stay: CPU memory by default. */
  to?: "cpu" | "device";
}

/** One sequence of tokens, and where each picture's lie in it. */
export interface Spliced {
  /** `[1, total, 4C]`, of the features' element type. */
  tokens: Tensor<SpliceDtype>;
  /** Tokens of each picture. */
  lengths: number[];
  /** The first token of each picture. */
  offsets: number[];
}

/** What {@linkcode spliced} works on. */
export interface SpliceCall extends SpliceOptions {
  recipe: Recipe;
  features: SpliceInput;
  images: readonly SplicedImage[];
}

/** Inputs that were read, and fit. */
interface Read {
  plan: SplicePlan;
  dtype: SpliceDtype;
  features: Operand;
  newline: Operand;
  separator: Operand;
}

/** Splices features by an executor: shapes are checked before a value is moved, lengths after. */
export async function spliced(executor: Executor, call: SpliceCall): Promise<Spliced> {
  requireChoice("to", call.to, CHOICES.to);
  const onDevice = call.to === "device";
  if (onDevice) requireGpu(executor);
  const read = await readInputs(call, executor.backend === "webgpu");
  const { plan, dtype } = read;
  let tokens: Tensor<SpliceDtype>, found: number[];
  const shape = [1, plan.total, 4 * plan.channels];
  if (executor.backend === "reference") {
    const made = onReference(read);
    found = made.lengths;
    tokens = new Tensor("tokens", dtype, shape, bytesOf(made.tokens));
  } else {
    const gpu = requireGpu(executor);
    const { sources, lengths } = sourcesOf(plan);
    found = lengths;
    const work: SpliceWork = { ...read, sources, elementBytes: ELEMENT_BYTES[dtype] };
    const values = onDevice ? { parts: await keep(gpu, work), executor: gpu } : await readBack(gpu, work);
    tokens = new Tensor("tokens", dtype, shape, values);
  }
  const { side, lengths, offsets } = plan;
  for (const [picture, { grid }] of plan.pictures.entries()) {
    requireLength({ picture, found: found[picture], planned: lengths[picture], grid, side });
  }
  return { tokens, lengths, offsets };
}

/** @throws {VitrailError} for inputs that do not fit each other, the pictures or the recipe. */
async function readInputs(call: SpliceCall, device: boolean): Promise<Read> {
  const features = await operandOf(call.features, { name: "features", bits: "f16", device });
  const vector = async (name: "newline" | "separator") => {
    if (call[name] === undefined || call[name] === null) return undefined;
    return await operandOf(call[name], { name, bits: features.dtype, device });
  };
  const newline = await vector("newline"), separator = await vector("separator");
  const plan = planSplice(call.recipe, call.images, {
    features: features.shape ?? features.elements,
    newline: newline?.elements,
    separator: separator?.elements,
  });
  requireParts("features", features, features.elements / plan.rows);
  for (const [name, operand] of [["newline", newline!], ["separator", separator!]] as const) {
    requireParts(name, operand, operand.elements);
    if (operand.dtype === features.dtype) continue;
    throw new VitrailError(
      "usage",
      `${name} is of type ${operand.dtype} and features are ${features.dtype}; give both in one type`,
    );
  }
  const { dtype } = features;
  return {
    plan,
    dtype,
    features: features.operand,
    newline: newline!.operand,
    separator: separator!.operand,
  };
}

/** Each part on the device must hold whole rows, a vector all of itself. */
function requireParts(name: string, { operand, dtype }: SpliceOperand, row: number): void {
  if ("bytes" in operand) return;
  const odd = operand.parts.find(({ bytes }) => bytes % (row * ELEMENT_BYTES[dtype]) !== 0);
  if (!odd) return;
  throw new VitrailError(
    "shape",
    `${name} is in parts, one of ${odd.bytes} bytes; each must hold whole rows of ${
      row * ELEMENT_BYTES[dtype]
    } bytes`,
  );
}

function onReference({ plan, dtype, ...operands }: Read) {
  const elements = (operand: Operand): Elements => {
    const { bytes } = operand as { bytes: Uint8Array };
    const aligned = bytes.byteOffset % ELEMENT_BYTES[dtype] === 0 ? bytes : bytes.slice();
    const { buffer, byteOffset, length } = aligned;
    return dtype === "f32"
      ? new Uint32Array(buffer, byteOffset, length / 4) // bits: a float on its way may lose a NaN's
      : new Uint16Array(buffer, byteOffset, length / 2);
  };
  const { features, newline, separator } = operands;
  return splice(plan, {
    features: elements(features),
    newline: elements(newline),
    separator: elements(separator),
  });
}

/** Runs of tokens of at most `bytes` each. */
function* runsOf(work: SpliceWork, bytes: number) {
  const step = Math.max(1, Math.floor(bytes / tokenBytesOf(work)));
  for (let from = 0; from < work.plan.total; from += step) {
    yield { from, to: Math.min(from + step, work.plan.total) };
  }
}

/** Tokens that stay on the device: one buffer, or parts where one binding does not hold them. */
async function keep(gpu: GpuExecutor, work: SpliceWork): Promise<DeviceRows[]> {
  const parts: DeviceRows[] = [];
  try {
    for (const run of runsOf(work, bufferLimit(gpu))) parts.push(await spliceRun(gpu, work, run));
    return parts;
  } catch (error) {
    gpu.release(parts);
    throw error;
  }
}

/** Tokens in CPU memory, a run read back while the next one is made. */
async function readBack(gpu: GpuExecutor, work: SpliceWork): Promise<Uint8Array> {
  const bytes = allocated(work);
  let reading: Promise<void> = Promise.resolve();
  try {
    for (const run of runsOf(work, Math.min(bufferLimit(gpu), gpu.memoryBytes / 4))) {
      const rows = await spliceRun(gpu, work, run);
      await reading;
      reading = gpu.read([rows], () => bytes.subarray(run.from * tokenBytesOf(work)))
        .finally(() => gpu.release([rows]));
      reading.catch(() => {}); // reported when it is awaited
    }
    await reading;
    return bytes;
  } catch (error) {
    await reading.catch(() => {});
    throw error;
  }
}

function bufferLimit({ device }: GpuExecutor): number {
  return Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
}

function allocated(work: SpliceWork): Uint8Array {
  const bytes = work.plan.total * tokenBytesOf(work);
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new VitrailError(
      "limit",
      `${work.plan.total} tokens take ${bytes} bytes, more than one array holds here; splice fewer pictures a call, ` +
        `or ask for { to: "device" }`,
      { cause },
    );
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Elements): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
