import { assert, assertEquals } from "@std/assert";
import { Kernels } from "../../../src/gpu/device/kernels.ts";
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
