import { assert, assertEquals } from "@std/assert";
import { COPY } from "../../../bench/copy.ts";
import { SPLICE } from "../../../src/engine/splice/splice_gpu.ts";
import { type Kernel, Kernels, uniformOf } from "../../../src/gpu/device/kernels.ts";
import { FUSING } from "../../../src/gpu/fusing.ts";
import { CELLS } from "../../../src/gpu/passes/cells_pass.ts";
import { FILL } from "../../../src/gpu/passes/fill_pass.ts";
import { ENTRIES, type JobKernel } from "../../../src/gpu/passes/jobs.ts";
import { PACK } from "../../../src/gpu/passes/pack_pass.ts";
import { REARRANGE } from "../../../src/gpu/passes/rearrange_pass.ts";
import { ACROSS, DOWN, HORIZONTAL, VERTICAL } from "../../../src/gpu/passes/resample_pass.ts";
import { STORE } from "../../../src/gpu/passes/store_pass.ts";
import { onDevice } from "../../support/executors.ts";

const SHADERS = new URL("../../../shaders/", import.meta.url);

/** Words that WGSL reserves, of those that one might take for a name. Source: WGSL, "Reserved Words". */
const RESERVED =
  "active as async become cast class common compile delete export extern filter final from get goto handle " +
  "import inline interface layout match meta mod module move new null of operator package partition pass " +
  "patch precise public ref register require resource restrict self set shared signed smooth static super " +
  "target template this trait type union unsigned use using varying where with writeonly yield";

/** Returns the code of each shader, by its name. */
async function shaders(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name } of Deno.readDir(SHADERS)) {
    found.set(name.replace(".wgsl", ""), await Deno.readTextFile(new URL(name, SHADERS)));
  }
  return found;
}

onDevice("shaders/ are whole: each file compiles as it stands", async (device) => {
  const found = await shaders();
  assert(found.size > 8);
  for (const [name, code] of found) {
    device.pushErrorScope("validation");
    const { messages } = await device.createShaderModule({ label: name, code }).getCompilationInfo();
    const errors = messages.filter(({ type }) => type === "error").map(({ message }) => message);
    assertEquals([errors, (await device.popErrorScope())?.message], [[], undefined], name);
  }
});

onDevice("Kernels.check compiles every kernel", async (device) => {
  await new Kernels(device).check();
});

/** Returns the first name of some code that WGSL reserves: a declaration's, a parameter's or a field's. */
function reservedName(code: string): string | undefined {
  const word = `(?:${RESERVED.replaceAll(" ", "|")})`;
  const declared = `(?:fn|let|var(?:<[^>]*>)?|const|override|struct|alias)\\s+(${word})\\b`;
  const found = new RegExp(`\\b${declared}|\\b(${word})\\s*:`).exec(code.replaceAll(/\/\/.*$/gm, ""));
  return found?.[1] ?? found?.[2];
}

Deno.test("shaders/ name nothing by a word that WGSL reserves", async () => {
  for (const [name, code] of await shaders()) {
    assertEquals(reservedName(code), undefined, `${name}.wgsl`);
  }
  for (
    const code of ["fn as(", "var<private> set: u32;", "{ @align(16) from: u32,", "fn f(a: u32, of: u32)"]
  ) {
    assert(reservedName(code), code);
  }
});

/** Functions of which each shader that has one has its own. */
const OWN = ["main", "words", "elementOf"];

/** The fields of a struct in order, each a name and a type. */
type Fields = readonly (readonly [name: string, type: string])[];

/** The kernels that take a struct `Params`, and those that take jobs, as the code beside them has them. */
const KERNELS: readonly Kernel[] = [COPY, FUSING, SPLICE];
const JOB_KERNELS: readonly JobKernel[] = [
  ACROSS,
  CELLS,
  DOWN,
  FILL,
  HORIZONTAL,
  PACK,
  REARRANGE,
  STORE,
  VERTICAL,
];

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
  const found = await shaders(), problems: string[] = [];
  for (const { name, fields } of [...KERNELS, ...JOB_KERNELS]) {
    const takesJobs = JOB_KERNELS.some((kernel) => kernel.name === name), wgsl = found.get(name) ?? "";
    const own: Fields = [...takesJobs ? ["firstGroup"] : [], ...fields].map((field) => [field, "u32"]);
    const wrong = differences(paramsOf(wgsl, takesJobs ? "Job" : "Params") ?? [], own);
    problems.push(...wrong.map((problem) => `${name}: ${problem}`));
    const table = `@binding(0) var<uniform> jobs: array<Job, ${ENTRIES}>;`;
    if (wgsl.includes(table) !== takesJobs) problems.push(`${name} has another table`);
  }
  assertEquals(problems, []);
  assertEquals([...found.keys()].sort(), [...KERNELS, ...JOB_KERNELS].map(({ name }) => name).sort());
});

Deno.test("src/gpu/ says which fields are addresses, in the order of each kernel's buffers", async () => {
  const found = await shaders();
  for (const { name, fields, addresses } of JOB_KERNELS) {
    const buffers = found.get(name)!.matchAll(/var<storage, \w+> (\w+): array<u32>;/g);
    assertEquals([...buffers].map(([, buffer]) => buffer), Object.keys(addresses), name);
    assert(Object.keys(addresses).every((address) => fields.includes(address)), name);
  }
});

Deno.test("shaders/ have functions of one name in the same words", async () => {
  const known = new Map<string, string>();
  let same = 0;
  for (const [name, code] of await shaders()) {
    for (const [text, fn] of code.matchAll(/^fn (\w+)\(.*?^\}/gms)) {
      if (OWN.includes(fn)) continue;
      assertEquals(text, known.get(fn) ?? text, `${fn} of ${name}.wgsl`);
      if (known.has(fn)) same++;
      known.set(fn, text);
    }
  }
  assert(same > 8);
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

Deno.test("uniformOf has fields in order, modulo 2³², and ends with a vector", () => {
  const values = { count: -1, width: 7 };
  assertEquals([...new Uint32Array(uniformOf(COPY, values))], [0xffffffff, 7, 0, 0]);
});
