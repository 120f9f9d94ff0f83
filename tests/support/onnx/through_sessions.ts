import { Engine } from "../../../src/engine/engine.ts";
import type { Tensor } from "../../../src/engine/results/tensor.ts";
import { sessionFeatures, sessionInputs } from "../../../src/onnxruntime/session_tensors.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";
import { claimLimits } from "../gpu/claim_limits.ts";
import { synthetic } from "../pictures/synthetic.ts";
import { encoderModel, type ModelDtype, tokenModel } from "./onnx_models.ts";
import { CHANNELS, plainFeatures, plainLogits, worstOf } from "./plain_models.ts";

/** A way through sessions. */
export interface SessionsWay {
  /** The owner of the device: ONNX Runtime or the engine; `none` leaves all on the CPU. */
  device: "theirs" | "ours" | "none";
  dtype: ModelDtype;
  /** The most bytes that their device claims to bind, where it is to claim less. */
  binding?: number;
}

/** The outcome of such a way. */
export interface SessionsOutcome {
  /** The parts that the pixels were in. */
  parts: number;
  /** True where pixels, features and tokens stayed on the device. */
  stayed: boolean;
  /** True where the tokens were the reference's splice of the session's features, byte for byte. */
  spliced: boolean;
  /** The largest difference of features, and of logits, from sums in f64. */
  features: number;
  logits: number;
}

/** The side of a tile, in pixels. */
const SIDE = 336;

/** ONNX Runtime, which a test imports where it runs. */
// deno-lint-ignore no-explicit-any -- three packages of several releases, of which none is this one's
export type Ort = any;

/**
 * Takes pictures through an engine, an encoder of ONNX Runtime, a splice and a model, and returns how far
 * that is from plain arithmetic. Once a process, or a page: ONNX Runtime has one device there.
 */
export async function throughSessions(ort: Ort, way: SessionsWay): Promise<SessionsOutcome> {
  const { dtype } = way, onGpu = way.device !== "none", to = onGpu ? "device" : "cpu";
  const pictures = [{ w: 200, h: 90, seed: 3 }, { w: 70, h: 120, seed: 4 }]
    .map(({ w, h, seed }) => ({ width: w, height: h, data: synthetic({ kind: "noise", w, h, seed }) }));
  const recipe = ixc24khd({ hdNum: 4 });
  const { engine: opened, sessions: [encoder, model] } = await open(ort, way);
  await using engine = opened;

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
  for (const part of inputs) {
    logits.push(...floats(await (await model.run({ tokens: part })).logits.getData()));
  }

  const stayed = [batch.pixelValues, tokens].every(({ parts }) => parts.length > 0) &&
    outputs.every(({ location }) => location === "gpu-buffer");
  const features = [];
  for (const output of outputs) features.push(...floats(await output.getData()));
  await using reference = await Engine.open({ executor: "reference" });
  const typed = dtype === "f32" ? Float32Array.from(features) : Float16Array.from(features);
  const plain = await reference.splice(recipe, typed, batch.images, vectors);
  const own = await elementsOf(tokens);
  return {
    parts: pixels.length,
    stayed,
    spliced: worstOf(own, await elementsOf(plain.tokens)) === 0,
    features: worstOf(features, plainFeatures(await elementsOf(batch.pixelValues), SIDE)),
    logits: worstOf(logits, plainLogits(own)),
  };
}

/** Opens the engine and both sessions, on one device. */
async function open(ort: Ort, { device: whose, dtype, binding }: SessionsWay) {
  const models = [encoderModel(dtype), tokenModel(dtype)];
  if (whose === "ours") {
    const engine = await Engine.open({ executor: "webgpu" }), { device } = engine;
    return { engine, sessions: await sessionsOf(ort, models, { name: "webgpu", device }) };
  }
  if (whose === "none") {
    const engine = await Engine.open({ executor: "simd", lanes: 0 });
    return { engine, sessions: await sessionsOf(ort, models, "cpu") };
  }
  const sessions = await sessionsOf(ort, models, "webgpu");
  const device: GPUDevice = await ort.env.webgpu.device;
  if (binding) claimLimits(device, { maxStorageBufferBindingSize: binding });
  return { engine: await Engine.open({ device }), sessions };
}

/** Opens a session of each model: one after another, since the package opens no two at once. */
async function sessionsOf(ort: Ort, models: Uint8Array[], provider: string | object): Promise<Ort[]> {
  const sessions = [];
  for (const model of models) {
    sessions.push(
      await ort.InferenceSession.create(model, {
        executionProviders: [provider],
        ...(provider !== "cpu" && { preferredOutputLocation: "gpu-buffer" }),
      }),
    );
  }
  return sessions;
}

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
