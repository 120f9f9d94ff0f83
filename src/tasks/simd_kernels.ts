import asc from "npm:assemblyscript@0.28.20/asc";

const FOLDER = new URL("../simd/kernels/", import.meta.url);

/** The entry, and the compiler's options. */
const OPTIONS = [
  "all.ts",
  "-O3",
  "--enable",
  "simd",
  "--runtime",
  "stub",
  "--noAssert",
  "--outFile",
  "all.wasm",
];

/** Letters of base64 a line. */
const LINE = 100;

/**
 * Compiles src/simd/kernels by AssemblyScript, whose release deno.json pins: the same sources give the same
 * bytes.
 * @throws {SyntaxError} with what the compiler says where it refuses them.
 */
export async function compiledKernels(): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await asc.main(OPTIONS, {
    readFile: (name) => Deno.readTextFile(new URL(name, FOLDER)).catch(() => null),
    writeFile(_name, contents) {
      bytes = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (bytes) return bytes;
  throw new SyntaxError(`the kernels do not compile: ${error?.message}\n${stderr.toString()}`);
}

/** The text of src/simd/kernels_base64.ts. */
export function kernelsModule(bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(new RegExp(`.{1,${LINE}}`, "g"))!;
  return [
    "/** The kernels of `kernels/` as WebAssembly, in base64. `deno task build:simd` writes this file. */",
    "export const KERNELS_BASE64 =",
    lines.map((line) => `  "${line}"`).join(" +\n") + ";",
    "",
  ].join("\n");
}
