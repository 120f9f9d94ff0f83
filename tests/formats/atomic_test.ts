import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { VitrailError } from "../../src/errors.ts";
import { writeAtomically } from "../../src/formats/atomic_write.ts";
import { ioError } from "../../src/formats/io_error.ts";
import { inFolder, namesIn } from "../support/temporary_folder.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

Deno.test("writeAtomically takes bytes at once, in pieces and from an async source", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.bin");
    const pieces = [BYTES.subarray(0, 7), BYTES.subarray(7, 7), BYTES.subarray(7)];
    async function* later() {
      for (const piece of pieces) yield await Promise.resolve(piece);
    }
    for (const chunks of [BYTES, pieces, later()]) {
      await writeAtomically(path, chunks);
      assertEquals(await Deno.readFile(path), BYTES);
      await Deno.writeTextFile(path, "what was there before");
    }
    assertEquals(await namesIn(folder), ["a.bin"]);
  }));

Deno.test("writeAtomically shows nothing under the name before the end", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.bin");
    await Deno.writeTextFile(path, "before");
    async function* watched() {
      for (let start = 0; start < 1000; start += 100) {
        yield BYTES.subarray(start, start + 100);
        assertEquals(await Deno.readTextFile(path), "before");
      }
    }
    await writeAtomically(path, watched());
    assertEquals(await Deno.readFile(path), BYTES);
  }));

Deno.test("writeAtomically leaves the old file, and no other, where the source throws its own error", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.bin");
    await Deno.writeTextFile(path, "before");
    function* broken() {
      yield BYTES;
      throw new VitrailError("decode", "cannot read b.jpg as a picture");
    }
    const error = await assertRejects(() => writeAtomically(path, broken()), VitrailError, "b.jpg");
    assertEquals(error.code, "decode");
    assertEquals(await namesIn(folder), ["a.bin"]);
    assertEquals(await Deno.readTextFile(path), "before");
  }));

Deno.test("writeAtomically names a folder that is missing, is a file, or has the file's name", () =>
  inFolder(async (folder) => {
    const message = async (path: string) => {
      const error = await assertRejects(() => writeAtomically(path, BYTES), VitrailError);
      assertEquals(error.code, "io");
      return error.message;
    };
    const missing = join(folder, "no", "a.bin");
    assertEquals(
      await message(missing),
      `cannot write ${missing}: the folder ${join(folder, "no")} does not exist`,
    );
    await Deno.writeTextFile(join(folder, "file"), "");
    const through = join(folder, "file", "a.bin");
    assertEquals(await message(through), `cannot write ${through}: ${join(folder, "file")} is not a folder`);
    assertEquals(await message(folder), `cannot write ${folder}: it is a folder`);
    assertEquals(await namesIn(folder), ["file"]);
  }));

/**
 * A program that writes 96 MiB to the path in its first argument, of which the first 32 set out to the disk
 * while the next are written, and prints the error.
 */
const BIG = `
  import { writeAtomically } from ${JSON.stringify(import.meta.resolve("../../src/formats/atomic_write.ts"))};
  await writeAtomically(Deno.args[0], Array(3).fill(new Uint8Array(2 ** 25))).catch(({ code, message }) =>
    console.log(code, message)
  );
`;

Deno.test({
  name: "writeAtomically leaves nothing where the disk takes no more half way",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inFolder(async (folder) => {
      const [path, program] = [join(folder, "a.bin"), join(folder, "big.ts")];
      await Deno.writeTextFile(program, BIG);
      // A limit on the size of files (65536 blocks of 512 or 1024 bytes) stands for a full disk. It holds for
      // a whole process, so a child gets it.
      const limited =
        `trap '' XFSZ; ulimit -f 65536; exec "$0" run --no-check --allow-read --allow-write "$@"`;
      const { stdout } = await new Deno.Command("sh", {
        args: ["-c", limited, Deno.execPath(), program, path],
      })
        .output();
      assertEquals(
        new TextDecoder().decode(stdout),
        `io cannot write ${path}: File too large (os error 27)\n`,
      );
      assertEquals(await namesIn(folder), ["big.ts"]);
    }),
});

Deno.test("ioError says the system's codes in plain words", () => {
  const text = (error: unknown) =>
    ioError("write", "a.bin", error, { missing: "the folder is gone" }).message;
  // As Deno 2.9.6 words a write to /dev/full, which a test cannot open without all permissions.
  const full = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
  assertEquals(text(full), "cannot write a.bin: the disk is full");
  assertEquals(
    text(Object.assign(new Deno.errors.PermissionDenied("x"), { code: "EACCES" })),
    "cannot write a.bin: permission denied",
  );
  assertEquals(text(new Deno.errors.NotFound("x")), "cannot write a.bin: the folder is gone");
  assertEquals(text(new TypeError("two\n  lines")), "cannot write a.bin: two lines");
  const own = new VitrailError("limit", "too large");
  assertEquals(ioError("write", "a.bin", own), own);
});
