import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { pictureArguments } from "../../src/cli/flags/picture_arguments.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { assertSameBytes } from "../support/compare/assert_same.ts";
import { WITHOUT_GPU } from "../support/executors.ts";
import { checkCalls, EVERY_CALL } from "../support/golden/golden_calls.ts";
import { python, pythonHas, withPython } from "../support/python.ts";
import { inFolder } from "../support/temporary_folder.ts";
import { PICTURES, vitrail } from "../support/vitrail.ts";
import { GLOBAL_F32 } from "../tolerance.ts";

/** A folder of photographs to compare besides the bundled pictures, every one through every pipeline. */
const PHOTOGRAPHS = Deno.env.get("VITRAIL_PHOTOS");

const PIPELINES = ["ixc2", "ixc2-4khd", "ixc25", "ixc25-image"];
const EXECUTORS = WITHOUT_GPU ? ["simd"] : EVERY_CALL ? ["webgpu", "simd", "reference"] : ["webgpu"];

const program = await Deno.readTextFile(fileURLToPath(new URL("transforms.py", import.meta.url)));
const torch = await pythonHas("torch", "torchvision");

/** Returns a picture's rows as `vitrail tile` writes them. */
async function tiled(folder: string, file: string, pipeline: string, executor: string) {
  const out = `${folder}/${executor}.safetensors`;
  const flags = ["--recipe", pipeline, "--executor", executor, "--out", out];
  const { status, err } = await vitrail("tile", file, ...flags);
  assertEquals(status, 0, err);
  const { shape, data } = (await readSafetensors(out)).tensors.get("pixel_values")!;
  return { shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/**
 * Fails unless every bit of each tile is Python's, and each global view as near as `tests/tolerance.ts`
 * allows. Without torch `expected` has no global views.
 */
function assertRows(shape: readonly number[], bytes: Uint8Array, expected: Uint8Array, label: string): void {
  const without = bytes.length - expected.length;
  assertEquals(without, torch || shape[0] === 1 ? 0 : bytes.length / shape[0], `${label}: bytes`);
  const first = without > 0 ? 1 : 0, rows = [shape[0] - first, ...shape.slice(1)];
  const allowed = (row: number) => shape[0] > 1 && row === 0 ? GLOBAL_F32 : 0;
  const subject = { label, output: "pixel_values", dtype: "f32", shape: rows, row: first, allowed } as const;
  assertSameBytes(bytes.subarray(without), expected, subject);
}

/** Returns the pipelines that a file goes through: each, or one a file where no more is asked for. */
function pipelinesOf(index: number): string[] {
  return EVERY_CALL || PHOTOGRAPHS ? PIPELINES : [PIPELINES[index % PIPELINES.length]];
}

const how = torch ? "torch" : "numpy";
const made = torch ? "torchvision and torch make" : "Pillow and numpy make (no torch here: tiles alone)";

await withPython(`vitrail tile writes what ${made} of the same files`, () =>
  inFolder(async (folder) => {
    const files = await pictureArguments([PICTURES, ...PHOTOGRAPHS ? [PHOTOGRAPHS] : []]);
    assert(files.length >= PIPELINES.length);
    const compared = EVERY_CALL || PHOTOGRAPHS ? files : files.slice(0, PIPELINES.length);
    const pairs = compared.flatMap((file, index) => pipelinesOf(index).map((pipeline) => [file, pipeline]));
    await python(program, how, folder, ...pairs.flat());
    await checkCalls(`python, by ${how}`, [...pairs.entries()], async ([index, [file, pipeline]]) => {
      const expected = await Deno.readFile(`${folder}/${index}.f32`);
      for (const executor of EXECUTORS) {
        const { shape, bytes } = await tiled(folder, file, pipeline, executor);
        assertRows(shape, bytes, expected, `${file} ${pipeline} on ${executor}`);
      }
    });
  }), "PIL");
