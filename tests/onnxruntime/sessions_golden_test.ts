/**
 * Pictures, an encoder and a model on ONNX Runtime itself. Its packages are large (`onnxruntime-web` is 40 MB
 * to fetch), and so these tests run with `deno task test:goldens` alone.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { EVERY_CALL } from "../support/golden/golden_calls.ts";
import { WITHOUT_GPU } from "../support/executors.ts";
import { encoderModel, tokenModel } from "../support/onnx/onnx_models.ts";
import type { SessionsRun } from "../support/onnx/run_sessions.ts";
import type { SessionsOutcome } from "../support/onnx/through_sessions.ts";
import { SESSION_F16, SESSION_F32 } from "../tolerance.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Runs of the whole way: the releases between which the package's WebGPU works, by whose device comes first.
 */
const RUNS: (SessionsRun & { name: string; parts: number })[] = [
  {
    name: "of 1.22 on its device",
    ort: "onnxruntime-web@1.22.0/webgpu",
    device: "theirs",
    dtype: "f32",
    parts: 1,
  },
  {
    name: "of 1.30 on its device",
    ort: "onnxruntime-web@1.30.0/webgpu",
    device: "theirs",
    dtype: "f32",
    parts: 1,
  },
  { name: "of 1.30 on ours", ort: "onnxruntime-web@1.30.0/webgpu", device: "ours", dtype: "f32", parts: 1 },
  { name: "of halves", ort: "onnxruntime-web@1.30.0/webgpu", device: "ours", dtype: "f16", parts: 1 },
  {
    name: "a part of the pixels",
    ort: "onnxruntime-web@1.30.0/webgpu",
    device: "theirs",
    dtype: "f32",
    binding: 8 * 2 ** 20,
    parts: 2,
  },
  { name: "on the CPU", ort: "onnxruntime-node@1.30.0", device: "none", dtype: "f32", parts: 1 },
];

/** Starts a Deno of its own. */
async function printed(args: string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert(success, `${out}${err}`);
  return out.trim();
}

/** Registers a test that fetches large packages. */
function onnxTest(name: string, ignore: boolean, fn: () => Promise<void>): void {
  if (EVERY_CALL) Deno.test({ name, ignore, fn });
}

for (const { name, parts, ...run } of RUNS) {
  const onGpu = run.device !== "none";
  onnxTest(
    `sessionInputs and sessionFeatures take pictures through sessions ${name}`,
    onGpu && WITHOUT_GPU,
    async () => {
      const program = [
        "run",
        "--quiet",
        "--no-lock",
        "-A",
        "tests/support/onnx/run_sessions.ts",
        JSON.stringify(run),
      ];
      const outcome: SessionsOutcome = JSON.parse((await printed(program, ROOT)).split("\n").at(-1)!);
      const { features, logits, ...rest } = outcome;
      assertEquals(rest, { parts, stayed: onGpu, spliced: true });
      const most = run.dtype === "f32" ? SESSION_F32 : SESSION_F16;
      assert(features <= most && logits <= most, `features by ${features}, logits by ${logits}`);
    },
  );
}

onnxTest("src/onnxruntime/README.md has an example that runs as it stands", WITHOUT_GPU, async () => {
  const text = await Deno.readTextFile(`${ROOT}src/onnxruntime/README.md`);
  const [, example] = /```ts ignore\n([^]*?)```/.exec(text)!;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/encoder.onnx`, encoderModel("f32"));
    await Deno.writeFile(`${folder}/model.onnx`, tokenModel("f32"));
    for (const name of ["panorama.jpg", "tower.jpg"]) {
      await Deno.copyFile(`${ROOT}tests/fixtures/pictures/${name}`, `${folder}/${name}`);
    }
    const imports = {
      "@vitrail/vitrail": `${ROOT}mod.ts`,
      "onnxruntime-web/webgpu": "npm:onnxruntime-web@1.30.0/webgpu",
    };
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports }));
    await Deno.writeTextFile(`${folder}/example.ts`, example);
    const program = ["run", "--quiet", "--no-lock", "-A", "--check", "example.ts"];
    assertEquals(await printed(program, folder), "[ 1, 4418, 5 ] 22090"); // 2 485 and 1 933 tokens
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
