import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { pictureArguments } from "../../src/cli/flags/picture_arguments.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { assertRowsVerified } from "../support/compare/assert_verified.ts";
import { WITHOUT_GPU } from "../support/executors.ts";
import { python, pythonHas, withPython } from "../support/python.ts";
import { PICTURES, vitrail } from "../support/vitrail.ts";
import { GLOBAL_F32 } from "../tolerance.ts";

/** A folder of photographs to compare besides the bundled pictures. */
const PHOTOGRAPHS = Deno.env.get("VITRAIL_PHOTOS");

const PIPELINES = ["ixc2", "ixc2-4khd", "ixc25", "ixc25-image"];
const EXECUTORS = WITHOUT_GPU ? ["reference"] : ["webgpu", "reference"];

const program = await Deno.readTextFile(fileURLToPath(new URL("transforms.py", import.meta.url)));
const torch = await pythonHas("torch", "torchvision");

/** A picture's rows as `vitrail tile` writes them. */
async function tiled(folder: string, file: string, pipeline: string, executor: string) {
  const out = `${folder}/${executor}.safetensors`;
  const flags = ["--recipe", pipeline, "--executor", executor, "--out", out];
  const { status, err } = await vitrail("tile", file, ...flags);
  assertEquals(status, 0, err);
  const { shape, data } = (await readSafetensors(out)).tensors.get("pixel_values")!;
  return { shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/**
 * Every bit of each tile, and each global view as `tests/tolerance.ts` allows; without torch there is none in
 * `expected`.
 */
function assertRows(shape: readonly number[], bytes: Uint8Array, expected: Uint8Array, label: string): void {
  const without = bytes.length - expected.length;
  assertEquals(without, torch || shape[0] === 1 ? 0 : bytes.length / shape[0], `${label}: bytes`);
  const made = {
    output: "pixel_values",
    row: without > 0 ? 1 : 0,
    shape: [shape[0] - (without > 0 ? 1 : 0), ...shape.slice(1)],
    data: bytes.subarray(without),
  };
  const allowed = (row: number) => shape[0] > 1 && row === 0 ? GLOBAL_F32 : 0;
  assertRowsVerified(made, { ...made, data: expected }, "f32", allowed, label);
}

const made = torch ? "torchvision and torch make" : "Pillow and numpy make (no torch here: tiles alone)";

await withPython(`vitrail tile writes what ${made} of the same files`, async () => {
  const folder = await Deno.makeTempDir({ prefix: "vitrail" });
  try {
    const files = await pictureArguments([PICTURES, ...PHOTOGRAPHS ? [PHOTOGRAPHS] : []]);
    assert(files.length >= 4);
    for (const file of files) {
      await python(program, file, folder, ...torch ? ["torch"] : []);
      for (const pipeline of PIPELINES) {
        const expected = await Deno.readFile(`${folder}/${pipeline}.f32`);
        for (const executor of EXECUTORS) {
          const { shape, bytes } = await tiled(folder, file, pipeline, executor);
          assertRows(shape, bytes, expected, `${file} ${pipeline} on ${executor}`);
        }
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, "PIL");
