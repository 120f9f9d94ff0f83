import { requireChoice, VitrailError } from "../../errors.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { type Executor, requireDevice, type Rows } from "../executor.ts";
import { CHOICES } from "../options.ts";
import { Tensor } from "../results/tensor.ts";
import { operandOf, type SpliceInput, type SpliceOperand } from "./splice_inputs.ts";
import { planSplice, type SplicedImage } from "./splice_plan.ts";
import { type SpliceDtype, type SpliceWork, tokenBytesOf } from "./splice_work.ts";

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

/** Splices features by an executor: shapes are checked before a value is moved, lengths after. */
export async function spliced(executor: Executor, call: SpliceCall): Promise<Spliced> {
  const { to = "cpu" } = call;
  requireChoice("to", to, CHOICES.to);
  if (to === "device") requireDevice(executor);
  const work = await readInputs(call, executor.device !== undefined);
  const values = to === "device"
    ? { parts: await keep(executor, work), executor }
    : await readBack(executor, work);
  const { total, channels, lengths, offsets } = work.plan;
  return { tokens: new Tensor("tokens", work.dtype, [1, total, 4 * channels], values), lengths, offsets };
}

/** @throws {VitrailError} for inputs that do not fit each other, the pictures or the recipe. */
async function readInputs(call: SpliceCall, device: boolean): Promise<SpliceWork> {
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

/** Tokens that stay on the device: one buffer, or parts where one binding does not hold them. */
async function keep(executor: Executor, work: SpliceWork): Promise<Rows[]> {
  const parts: Rows[] = [];
  try {
    for await (const rows of executor.splice(work, "device")) parts.push(rows);
    return parts;
  } catch (error) {
    executor.release(parts);
    throw error;
  }
}

/** Tokens in CPU memory: some are read back while the next ones are made. */
async function readBack(executor: Executor, work: SpliceWork): Promise<Uint8Array> {
  const bytes = allocated(work);
  let reading: Promise<void> = Promise.resolve();
  try {
    for await (const rows of executor.splice(work, "cpu")) {
      await reading.catch((error) => {
        executor.release([rows]);
        throw error;
      });
      reading = executor.read([rows], () => bytes.subarray(rows.row * tokenBytesOf(work)))
        .finally(() => executor.release([rows]));
      reading.catch(() => {}); // reported when it is awaited
    }
    await reading;
    return bytes;
  } catch (error) {
    await reading.catch(() => {});
    throw error;
  }
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
