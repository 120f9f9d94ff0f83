import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { probePicture } from "../../src/codecs/load.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { inFolder, PICTURES } from "../support/vitrail.ts";

const DEMO = fileURLToPath(new URL("../../src/cli/commands/demo.ts", import.meta.url));

inFolder(
  "demo.ts tiles, verifies, and writes a sample and a drawing where it starts",
  async (folder) => {
    const files = [`${PICTURES}/page.png`, `${PICTURES}/panorama.jpg`];
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-read", "--allow-write", DEMO, ...files, "--executor", "simd"],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder(), out = text.decode(stdout);
    assertEquals(code, 0, text.decode(stderr));
    assertMatch(out, /^file +size +canvas +grid +tiles +tokens +simd ms +reference ms\n/);
    assertMatch(out, /^page\.png +816x1056 +1344x1344 +4x4 +16 +2509 +\d+\.\d +\d+\.\d$/m);
    assertMatch(out, /^panorama\.jpg +2400x500 +2688x672 +2x8 +16 +\d+ +\d+\.\d +\d+\.\d$/m);
    assertMatch(
      out,
      /^verified simd against the reference: 11515392 elements, 0 mismatches,/m,
    );
    const { tensors } = await readSafetensors(`${folder}/out/demo.safetensors`);
    assertEquals(tensors.get("pixel_values")!.shape, [34, 3, 336, 336]);
    const { width, height } = await probePicture(`${folder}/out/demo.png`, 0);
    assert(width > 2000 && height > 2000, `${width}x${height}`);
  },
);
