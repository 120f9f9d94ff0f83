import { assert, assertEquals } from "@std/assert";
import { CopyParams } from "../../../bench/copy.ts";
import { SpliceParams } from "../../../src/engine/splice/splice_gpu.ts";
import { type FieldType, type FieldValues, struct } from "../../../src/gpu/device/uniforms.ts";
import { FusingParams } from "../../../src/gpu/fusing.ts";
import { CELLS } from "../../../src/gpu/passes/cells_pass.ts";
import { FILL } from "../../../src/gpu/passes/fill_pass.ts";
import { MOST_JOBS } from "../../../src/gpu/passes/jobs.ts";
import { PACK } from "../../../src/gpu/passes/pack_pass.ts";
import { RearrangeParams } from "../../../src/gpu/passes/rearrange_pass.ts";
import { HORIZONTAL, VERTICAL } from "../../../src/gpu/passes/resample_pass.ts";
import { STORE } from "../../../src/gpu/passes/store_pass.ts";
import { WEIGH } from "../../../src/gpu/passes/weigh_pass.ts";
import { onDevice } from "../../support/executors.ts";

/** The fields of a struct in order, each a name and a type. */
type Fields = readonly (readonly [name: string, type: string])[];

/** The struct that stands beside the code which records each shader of one job. */
const STRUCTS: Record<string, { fields: Record<string, FieldType> }> = {
  "copy.wgsl": CopyParams,
  "fusing.wgsl": FusingParams,
  "rearrange.wgsl": RearrangeParams,
  "splice.wgsl": SpliceParams,
};

/** The fields of a job that stand beside the code which records each of the others. */
const JOBS: Record<string, { fields: readonly string[] }> = {
  "cells.wgsl": CELLS,
  "fill.wgsl": FILL,
  "horizontal.wgsl": HORIZONTAL,
  "pack.wgsl": PACK,
  "store.wgsl": STORE,
  "vertical.wgsl": VERTICAL,
  "weigh.wgsl": WEIGH,
};

/** The uniform of every shader of jobs. */
const PARAMS_OF_JOBS: Fields = [
  ["starts", "vec2u"],
  ["zero", "u32"],
  ["count", "u32"],
  ["jobs", `array<Job, ${MOST_JOBS}>`],
];

const SHADERS = new URL("../../../shaders/", import.meta.url);

/** Returns the fields of a shader's struct, `Params` where none is named; undefined where it has none. */
function paramsOf(wgsl: string, name = "Params"): Fields | undefined {
  const code = wgsl.replaceAll(/\/\/.*$/gm, "").replaceAll(/@align\(\d+\)/g, "");
  const body = new RegExp(`\\bstruct ${name}\\s*\\{([^}]*)\\}`).exec(code)?.[1];
  return body?.split(/,(?![^<]*>)/).map((field) => field.trim()).filter(Boolean).map((field) => {
    const [name, type] = field.split(":");
    return [name.trim(), type.trim()] as const;
  });
}

/** Returns the differences between a shader's fields and a struct's, by name, type and order. */
function differences(shader: Fields, own: Fields): string[] {
  const spelt = (field?: readonly [string, string]) => field ? `${field[0]}: ${field[1]}` : "nothing";
  return Array.from({ length: Math.max(shader.length, own.length) }, (_, i) => i)
    .filter((i) => spelt(shader[i]) !== spelt(own[i]))
    .map((i) => `field ${i} of the shader is ${spelt(shader[i])}, the struct has ${spelt(own[i])}`);
}

Deno.test("src/gpu/ has structs as the shaders have them, by name, type and order", async () => {
  const found: string[] = [], problems: string[] = [];
  for await (const { name, isFile } of Deno.readDir(SHADERS)) {
    if (!isFile) continue;
    const wgsl = await Deno.readTextFile(new URL(name, SHADERS));
    const params = paramsOf(wgsl), job = paramsOf(wgsl, "Job");
    if (!params) continue;
    found.push(name);
    const own = job ? PARAMS_OF_JOBS : Object.entries(STRUCTS[name]?.fields ?? {});
    const fields = (JOBS[name]?.fields ?? []).map((field) => [field, "u32"] as const);
    const ownJob: Fields = job ? [["firstGroup", "u32"], ...fields] : [];
    const all = [...differences(params, own), ...differences(job ?? [], ownJob)];
    problems.push(...all.map((problem) => `${name}: ${problem}`));
  }
  assertEquals(problems, []);
  assertEquals(found.sort(), [...Object.keys(STRUCTS), ...Object.keys(JOBS)].sort());
});

Deno.test("paramsOf finds the fields of a shader's Params, comments and all", () => {
  const wgsl = [
    "// struct Params { no: u32 }",
    "struct Other { a: u32 }",
    "struct Params {",
    "  size: vec2u, // width, height",
    "  count : u32,",
    "  // gap: u32,",
    "  last:mat3x3f",
    "}",
  ].join("\n");
  assertEquals(paramsOf(wgsl), [["size", "vec2u"], ["count", "u32"], ["last", "mat3x3f"]]);
  assertEquals(paramsOf("fn main() {}"), undefined);
});

Deno.test("differences finds fields that are swapped, missing, mistyped, renamed and unknown", () => {
  const shader: Fields = [["a", "u32"], ["b", "u32"], ["c", "vec3u"]];
  const [a, b, c] = shader;
  assertEquals(differences(shader, [a, b, c]), []);
  const wrong: Fields[] = [[b, a, c], [a, c], [a, b], [], [a, b, ["c", "vec4i"]], [a, ["d", "u32"], c], [
    ...shader,
    ["d", "u32"],
  ]];
  for (const own of wrong) assert(differences(shader, own).length > 0, JSON.stringify(own));
  assertEquals(differences(shader, [a, b, ["c", "vec2u"]]), [
    "field 2 of the shader is c: vec3u, the struct has c: vec2u",
  ]);
});

/** Every type of a field, in an order that makes gaps before some and fills the gap after others. */
const AWKWARD = {
  a: "u32",
  b: "vec3u",
  c: "f32",
  d: "vec2i",
  e: "mat3x3f",
  f: "i32",
  g: "vec4i",
  h: "vec2u",
  i: "vec3u",
  j: "u32",
  k: "f32",
  l: "mat3x3f",
  m: "vec2i",
  n: "i32",
  o: "vec3f",
  p: "vec4u",
} as const;

/** The expressions of a field's components, in order. */
function componentsOf(name: string, type: FieldType): string[] {
  const indices = (count: number, of = "") => Array.from({ length: count }, (_, i) => `${of}[${i}]`);
  const paths = {
    i32: [""],
    u32: [""],
    f32: [""],
    vec2i: indices(2),
    vec2u: indices(2),
    vec3u: indices(3),
    vec3f: indices(3),
    vec4u: indices(4),
    vec4i: indices(4),
    mat3x3f: indices(3).flatMap((column) => indices(3, column)),
  }[type];
  return paths.map((path) => `params.${name}${path}`);
}

/** Tells whether a type's components are floats. */
function isFloat(type: FieldType): boolean {
  return type.endsWith("f") || type === "f32";
}

/** Returns values of which no two components are alike: negative where there is a sign, halves in floats. */
function valuesOf<F extends Record<string, FieldType>>(fields: F): FieldValues<F> {
  let next = 1;
  const component = (type: FieldType) => {
    const value = next++;
    if (isFloat(type)) return -value - 0.5;
    return type === "i32" || type.endsWith("i") ? -value : 0xf0000000 + value;
  };
  const lengths = {
    i32: 1,
    u32: 1,
    f32: 1,
    vec2i: 2,
    vec2u: 2,
    vec3u: 3,
    vec3f: 3,
    vec4u: 4,
    vec4i: 4,
    mat3x3f: 12,
  };
  const values = Object.entries(fields).map(([name, type]) => {
    const components = Array.from({ length: lengths[type] }, () => component(type));
    return [name, components.length === 1 ? components[0] : components];
  });
  return Object.fromEntries(values);
}

/** Returns the bits of a field's components: of a matrix the nine that are no gap. */
function bitsOf(type: FieldType, value: number | ArrayLike<number>): number[] {
  const all = typeof value === "number" ? [value] : Array.from(value);
  const numbers = type === "mat3x3f" ? all.filter((_, i) => i % 4 < 3) : all;
  return [...new Uint32Array((isFloat(type) ? Float32Array.from(numbers) : Int32Array.from(numbers)).buffer)];
}

/** Returns all components of a uniform struct, as a kernel of this device reads them. */
async function componentsRead<F extends Record<string, FieldType>>(
  device: GPUDevice,
  fields: F,
  values: FieldValues<F>,
): Promise<Uint32Array> {
  const components = Object.entries(fields).flatMap(([name, type]) => componentsOf(name, type));
  const code = [
    `struct Params { ${Object.entries(fields).map(([name, type]) => `${name}: ${type}`).join(", ")} }`,
    "@group(0) @binding(0) var<uniform> params: Params;",
    "@group(0) @binding(1) var<storage, read_write> words: array<u32>;",
    "@compute @workgroup_size(1) fn main() {",
    ...components.map((component, word) => `  words[${word}] = bitcast<u32>(${component});`),
    "}",
  ].join("\n");
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
  const bytes = struct(fields).bytes(values), size = components.length * 4;
  const { UNIFORM, STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const uniform = device.createBuffer({ size: bytes.byteLength, usage: UNIFORM | COPY_DST });
  const words = device.createBuffer({ size, usage: STORAGE | COPY_SRC });
  const mapped = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
  device.queue.writeBuffer(uniform, 0, bytes);
  const encoder = device.createCommandEncoder(), pass = encoder.beginComputePass();
  const entries = [uniform, words].map((buffer, binding) => ({ binding, resource: { buffer } }));
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(words, 0, mapped, 0, size);
  device.queue.submit([encoder.finish()]);
  await mapped.mapAsync(GPUMapMode.READ);
  const read = new Uint32Array(mapped.getMappedRange().slice(0));
  for (const buffer of [uniform, words, mapped]) buffer.destroy();
  return read;
}

/** Every type after none, one, two and three words, so that each begins at every offset that it can. */
const EVERYWHERE = Object.fromEntries(
  [...new Set(Object.values(AWKWARD))].flatMap((type) =>
    [0, 1, 2, 3].flatMap((before) => [
      ...Array.from({ length: before }, (_, i) => [`${type}_${before}_${i}`, "u32"] as const),
      [`${type}_${before}`, type] as const,
    ])
  ),
);

const ORDERS: [order: string, fields: Record<string, FieldType>][] = [
  ["an awkward order", AWKWARD],
  ["the reverse of it", Object.fromEntries(Object.entries(AWKWARD).reverse())],
  ["every type after every count of words", EVERYWHERE],
];

for (const [order, fields] of ORDERS) {
  onDevice(`struct lays every field where a kernel reads it: ${order}`, async (device) => {
    const values = valuesOf(fields);
    const expected = Object.entries(fields).flatMap(([name, type]) => bitsOf(type, values[name]));
    assertEquals(new Set(expected).size, expected.length);
    assertEquals([...await componentsRead(device, fields, values)], expected);
  });
}
