import { requireChoice, VitrailError } from "../../errors.ts";
import { type OptionNames, requireOptions } from "../../given/given_options.ts";
import { requireSignal } from "../../given/given_signal.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { runtime } from "../../runtime/here.ts";
import { type Destination, type Executor, requireDevice, type Rows } from "../executor.ts";
import { CHOICES } from "../options.ts";
import { Tensor } from "../results/tensor.ts";
import { doneAgain } from "../executors/done_again.ts";
import { orAborted, untilAborted } from "../run/abort.ts";
import { operandOf, type SpliceInput, type SpliceOperand } from "./splice_inputs.ts";
import { planSplice, type SplicedImage } from "./splice_plan.ts";
import { type SpliceDtype, type SpliceWork, tokenBytesOf } from "./splice_work.ts";

/** The tokens that are spliced between the features, and the memory that the result stays in. */
export interface SpliceOptions {
  /** `[4C]`: the token that ends every line of tokens (`plora_sub_GN` in InternLM-XComposer). */
  newline: SpliceInput;
  /** `[4C]`: the token between a global view and its tiles (`plora_glb_GN`). */
  separator: SpliceInput;
  /** The memory that the tokens stay in: the CPU's by default. */
  to?: Destination;
  /** Ends the splice where it is aborted: within a second all is free and the signal's reason is thrown. */
  signal?: AbortSignal;
}

const SPLICE_OPTIONS = {
  newline: true,
  separator: true,
  to: true,
  signal: true,
} satisfies OptionNames<SpliceOptions>;

/** One sequence of tokens, with the length and the offset of each picture's own. */
export interface Spliced {
  /** `[1, total, 4C]`, of the features' element type. */
  tokens: Tensor<SpliceDtype>;
  /** Tokens of each picture. */
  lengths: number[];
  /** The first token of each picture. */
  offsets: number[];
}

/** The arguments of {@linkcode spliced}. */
export interface SpliceCall {
  recipe: Recipe;
  features: SpliceInput;
  images: readonly SplicedImage[];
  options: SpliceOptions;
}

/**
 * Splices features by an executor. Shapes are checked before a value is moved, lengths after.
 * @throws {VitrailError} `usage`, `shape` or `recipe` for inputs that do not fit, `limit` for a result too
 * large, `device` where the executor has none to keep tokens on, or fails. The signal's reason where it is
 * aborted.
 */
export async function spliced(executor: Executor, call: SpliceCall): Promise<Spliced> {
  requireOptions("Engine.splice", call.options, SPLICE_OPTIONS);
  const { to = "cpu", signal } = call.options;
  requireChoice("to", to, CHOICES.to);
  requireSignal(signal);
  if (to === "device") requireDevice(executor);
  const once = () => splicedOnce(to, executor, call);
  return await untilAborted(doneAgain(executor, once), signal, ({ tokens }) => tokens.dispose());
}

async function splicedOnce(to: Destination, executor: Executor, call: SpliceCall): Promise<Spliced> {
  const { signal } = call.options;
  const work = await orAborted(readInputs(call, executor.device !== undefined), signal);
  const values = to === "device"
    ? { parts: await keep(executor, work, signal), executor }
    : await readBack(executor, work, signal);
  const { total, channels, lengths, offsets } = work.plan;
  return { tokens: new Tensor("tokens", work.dtype, [1, total, 4 * channels], values), lengths, offsets };
}

/**
 * Reads a splice's inputs, and plans it.
 * @throws {VitrailError} for inputs that do not fit each other, the pictures or the recipe.
 */
async function readInputs({ options, ...call }: SpliceCall, device: boolean): Promise<SpliceWork> {
  const features = await operandOf(call.features, { name: "features", bits: "f16", device });
  const token = async (name: "newline" | "separator") => {
    if (options[name] === undefined || options[name] === null) return undefined;
    return await operandOf(options[name], { name, bits: features.dtype, device });
  };
  const newline = await token("newline"), separator = await token("separator");
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

/**
 * Holds the parts of an input on the device against its rows, of `elements` each; a single token is one row.
 * @throws {VitrailError} `shape` where a part holds no whole number of rows.
 */
function requireParts(name: string, { operand, dtype }: SpliceOperand, elements: number): void {
  if ("bytes" in operand) return;
  const row = elements * ELEMENT_BYTES[dtype];
  const odd = operand.parts.find(({ bytes }) => bytes % row !== 0);
  if (!odd) return;
  throw new VitrailError(
    "shape",
    `${name} is in parts, one of ${odd.bytes} bytes; each must hold whole rows of ${row} bytes`,
  );
}

/** Makes tokens that stay on the device: in one buffer, or in parts where one binding does not hold them. */
async function keep(executor: Executor, work: SpliceWork, signal?: AbortSignal): Promise<Rows[]> {
  const parts: Rows[] = [];
  try {
    for await (const rows of executor.splice(work, "device")) {
      parts.push(rows);
      await turn(signal);
    }
    return parts;
  } catch (error) {
    executor.release(parts);
    throw error;
  }
}

/** Gives all that waits a turn, an abort among it, and throws the signal's reason where it is aborted. */
async function turn(signal: AbortSignal | undefined): Promise<void> {
  await runtime.turn();
  signal?.throwIfAborted();
}

/** Makes tokens in CPU memory: some are read back while the next ones are made. */
async function readBack(executor: Executor, work: SpliceWork, signal?: AbortSignal): Promise<Uint8Array> {
  const bytes = allocated(work);
  let reading: Promise<unknown> = Promise.resolve();
  try {
    for await (const rows of executor.splice(work, "cpu")) {
      await reading.catch((error) => {
        executor.release([rows]);
        throw error;
      });
      reading = executor.read([rows], () => bytes.subarray(rows.row * tokenBytesOf(work)))
        .finally(() => executor.release([rows]));
      reading.catch(() => {}); // reported when it is awaited
      await turn(signal);
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
      `${work.plan.total} tokens take ${bytes} bytes, more than one array holds here; ` +
        `splice fewer pictures a call, or ask for { to: "device" }`,
      { cause },
    );
  }
}
