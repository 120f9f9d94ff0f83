/**
 * A program that takes pictures through an engine, an encoder of ONNX Runtime, a splice and a model, and
 * prints how far that is from plain arithmetic. Each run is a process of its own, since ONNX Runtime has one
 * device a process.
 *
 * @module
 */

import { Engine, ixc24khd, sessionFeatures, sessionInputs, type Tensor } from "../../../mod.ts";
import { claimLimits } from "../gpu/claim_limits.ts";
import { synthetic } from "../pictures/synthetic.ts";
import { encoderModel, type ModelDtype, tokenModel } from "./onnx_models.ts";
import { CHANNELS, plainFeatures, plainLogits, worstOf } from "./plain_models.ts";

/** The arguments of a run. */
export interface SessionsRun {
  /** The package: `onnxruntime-web@1.30.0/webgpu`. */
  ort: string;
  /** The owner of the device: the session or the engine; `none` leaves all on the CPU. */
  device: "theirs" | "ours" | "none";
  dtype: ModelDtype;
  /** The most bytes that their device claims to bind, where it is to claim less. */
  binding?: number;
}

/** The outcome of a run. */
export interface SessionsOutcome {
  /** The parts that the pixels were in. */
  parts: number;
  /** True where pixels and tokens stayed on the device. */
  stayed: boolean;
  /** True where the tokens were the reference's splice of the session's features, byte for byte. */
  spliced: boolean;
  /** The largest difference of features, and of logits, from sums in f64. */
  features: number;
  logits: number;
}

/** The side of a tile, in pixels. */
const SIDE = 336;

const { ort: name, device: whose, dtype, binding }: SessionsRun = JSON.parse(Deno.args[0]);
const ort = await import(`npm:${name}`);
const onGpu = whose !== "none", to = onGpu ? "device" : "cpu";

/** Opens a session of a model's bytes. */
// deno-lint-ignore no-explicit-any -- the package comes by name
async function sessionOf(model: Uint8Array, device?: GPUDevice): Promise<any> {
  return await ort.InferenceSession.create(model, {
    executionProviders: onGpu ? [device ? { name: "webgpu", device } : "webgpu"] : ["cpu"],
    ...(onGpu && { preferredOutputLocation: "gpu-buffer" }),
  });
}

/** Opens the engine and both sessions, on one device. */
async function opened() {
  if (whose === "ours") {
    const engine = await Engine.open({ executor: "webgpu" }), { device } = engine;
    return {
      engine, // sessions are opened one after another: the package opens none while another is being opened
      sessions: [await sessionOf(encoderModel(dtype), device), await sessionOf(tokenModel(dtype), device)],
    };
  }
  const sessions = [await sessionOf(encoderModel(dtype)), await sessionOf(tokenModel(dtype))];
  if (!onGpu) return { engine: await Engine.open({ executor: "simd", lanes: 0 }), sessions };
  const device: GPUDevice = await ort.env.webgpu.device;
  if (binding) claimLimits(device, { maxStorageBufferBindingSize: binding });
  return { engine: await Engine.open({ device }), sessions };
}

const pictures = [{ w: 200, h: 90, seed: 3 }, { w: 70, h: 120, seed: 4 }]
  .map(({ w, h, seed }) => ({ width: w, height: h, data: synthetic({ kind: "noise", w, h, seed }) }));
const recipe = ixc24khd({ hdNum: 4 });
const { engine, sessions: [encoder, model] } = await opened();

const batch = await engine.run(recipe, pictures, { dtype, to });
const pixels = await sessionInputs(batch.pixelValues, ort);
const outputs = [];
for (const part of pixels) outputs.push((await encoder.run({ pixels: part })).features);
const vector = (value: number) =>
  dtype === "f32" ? new Float32Array(4 * CHANNELS).fill(value) : new Float16Array(4 * CHANNELS).fill(value);
const vectors = { newline: vector(0.5), separator: vector(-0.25) };
const { tokens } = await engine.splice(recipe, sessionFeatures(outputs), batch.images, { ...vectors, to });
const inputs = await sessionInputs(tokens, ort);
const logits = [];
for (const part of inputs) logits.push(...floats(await (await model.run({ tokens: part })).logits.getData()));

const features = [];
for (const output of outputs) features.push(...floats(await output.getData()));
await using reference = await Engine.open({ executor: "reference" });
const typed = dtype === "f32" ? Float32Array.from(features) : Float16Array.from(features);
const plain = await reference.splice(recipe, typed, batch.images, vectors);
const own = await elementsOf(tokens);

console.log(JSON.stringify(
  {
    parts: pixels.length,
    stayed: batch.pixelValues.parts.length > 0 && tokens.parts.length > 0,
    spliced: worstOf(own, await elementsOf(plain.tokens)) === 0,
    features: worstOf(features, plainFeatures(await elementsOf(batch.pixelValues), SIDE)),
    logits: worstOf(logits, plainLogits(own)),
  } satisfies SessionsOutcome,
));
engine.close();
Deno.exit();

/** Returns a tensor's elements. */
async function elementsOf(tensor: Tensor): Promise<ArrayLike<number>> {
  return floats(await tensor.data() as Float32Array | Float16Array);
}

/** Returns elements as numbers; those of f16 may come as their bits. */
function floats(data: Float32Array | Float16Array | Uint16Array): Float32Array | Float16Array {
  if (data instanceof Uint16Array) {
    return new Float16Array(data.buffer as ArrayBuffer, data.byteOffset, data.length);
  }
  return data;
}
