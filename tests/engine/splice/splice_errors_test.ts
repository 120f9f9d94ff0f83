import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Engine } from "../../../src/engine/engine.ts";
import type { SpliceOptions } from "../../../src/engine/splice/splice.ts";
import type { SpliceInput } from "../../../src/engine/splice/splice_inputs.ts";
import { Tensor } from "../../../src/engine/results/tensor.ts";
import { type ErrorCode, VitrailError } from "../../../src/errors.ts";
import { ixc24khd } from "../../../src/recipes/tiled/ixc.ts";
import { onEngines } from "../../support/executors.ts";
import { goldenFeatures } from "../../support/features.ts";

const { images, features, newline, separator } = goldenFeatures(336, 2, [[1, 2]]);
const half = Float16Array.from(newline), bits = new Uint16Array(8);

/** One wrong thing a case, and what its message says. */
interface Misuse {
  name: string;
  features?: unknown;
  options?: Record<string, unknown>;
  code: ErrorCode;
  parts: string[];
}

const MISUSES: Misuse[] = [
  {
    name: "a missing newline",
    options: { newline: undefined },
    code: "shape",
    parts: ["newline is missing", "[8]"],
  },
  {
    name: "no separator",
    options: { separator: null },
    code: "shape",
    parts: ["separator is missing", "[8]"],
  },
  { name: "a short newline", options: { newline: newline.subarray(4) }, code: "shape", parts: ["4", "8"] },
  {
    name: "too few rows",
    features: features.data.subarray(1152),
    code: "shape",
    parts: ["[2, 576, 2]", "are 3"],
  },
  {
    name: "a wrong N",
    features: { shape: [3, 288, 4], data: features.data },
    code: "shape",
    parts: ["288", "[3, 576, 4]"],
  },
  {
    name: "data shorter than its shape",
    features: { shape: [3, 576, 2], data: features.data.subarray(1) },
    code: "shape",
    parts: ["3456", "3455"],
  },
  {
    name: "a half newline",
    options: { newline: half },
    code: "usage",
    parts: ["newline is of type f16", "f32"],
  },
  {
    name: "a separator of bits",
    options: { separator: bits },
    code: "usage",
    parts: ["separator", "f16", "f32"],
  },
  {
    name: "a Float64Array",
    features: new Float64Array(3456),
    code: "usage",
    parts: ["Float64Array", "Float16Array"],
  },
  {
    name: "a plain array",
    features: [...features.data],
    code: "usage",
    parts: ["a plain array", "Float32Array"],
  },
  {
    name: "nothing",
    features: undefined,
    code: "usage",
    parts: ["features is undefined", "{ shape, data }"],
  },
  { name: "an object", features: { pixels: 1 }, code: "usage", parts: ["pixels", "{ shape, data }"] },
  {
    name: "floats called bf16",
    features: { ...features, dtype: "bf16" },
    code: "usage",
    parts: [`Float32Array called "bf16"`, "Uint16Array"],
  },
  {
    name: "a tensor of bytes",
    features: new Tensor("pixel_values", "u8", [3, 576, 2], new Uint8Array(3456)),
    code: "usage",
    parts: ["u8", "f32, f16 or bf16"],
  },
];

function call(engine: Engine, input: unknown, options: Record<string, unknown>) {
  const all = { newline, separator, ...options } as unknown as SpliceOptions;
  return engine.splice(ixc24khd(), input as SpliceInput, images, all);
}

for (const { name, features: wrong, options = {}, code, parts } of MISUSES) {
  onEngines(`Engine.splice refuses ${name} (${code})`, async (engine) => {
    const input = wrong === undefined && name !== "nothing" ? features : wrong;
    const error = await assertRejects(() => call(engine, input, options), VitrailError);
    assertEquals(error.code, code);
    for (const part of parts) assertStringIncludes(error.message, part);
  });
}

Deno.test("Engine.splice on the reference has no device to read from or to leave tokens on", async () => {
  await using engine = await Engine.open({ executor: "reference" });
  const there = await assertRejects(() => call(engine, features, { to: "device" }), VitrailError, "webgpu");
  const buffer = { shape: features.shape, dtype: "f32", buffer: { usage: 128, size: 1 << 20 } };
  const here = await assertRejects(
    () => call(engine, buffer, {}),
    VitrailError,
    "features is in a GPUBuffer",
  );
  assertEquals([there.code, here.code], ["device", "device"]);
});

Deno.test("Engine.splice refuses a closed engine", async () => {
  const engine = await Engine.open({ executor: "reference" });
  engine.close();
  const error = await assertRejects(() => call(engine, features, {}), VitrailError, "closed");
  assertEquals(error.code, "usage");
});
