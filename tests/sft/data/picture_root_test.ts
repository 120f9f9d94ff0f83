import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { VitrailError } from "../../../src/errors.ts";
import { PictureRoot } from "../../../src/sft/data/picture_root.ts";
import { inFolder } from "../../support/temporary_folder.ts";

Deno.test("PictureRoot resolves names inside, and refuses what leads outside, by name or by link", () =>
  inFolder(async (folder) => {
    const real = await Deno.realPath(folder);
    await Deno.mkdir(join(folder, "in", "deep"), { recursive: true });
    await Deno.mkdir(join(folder, "in-between"));
    for (const path of ["out.jpg", "in/a.jpg", "in/deep/..b.jpg", "in-between/c.jpg"]) {
      await Deno.writeTextFile(join(folder, path), "");
    }
    await Deno.symlink(join(folder, "out.jpg"), join(folder, "in", "link.jpg"));
    await Deno.symlink(join(folder, "in", "a.jpg"), join(folder, "in", "own.jpg"));
    await Deno.symlink(join(folder, "in"), join(folder, "same"));
    for (const name of [join(folder, "in"), join(folder, "same")]) {
      const root = await PictureRoot.open(name, false);
      for (const inside of ["a.jpg", "deep/../a.jpg", "own.jpg", join(folder, "in", "a.jpg")]) {
        assertEquals(await root.resolve(inside), join(real, "in", "a.jpg"));
      }
      assertEquals(await root.resolve("deep/..b.jpg"), join(real, "in", "deep", "..b.jpg"));
      const outside = [
        "../out.jpg",
        "link.jpg",
        "../in-between/c.jpg",
        join(folder, "out.jpg"),
        "../none.jpg",
      ];
      for (const escaping of outside) {
        const error = await assertRejects(
          () => root.resolve(escaping),
          VitrailError,
          `the picture ${escaping} leads`,
        );
        assertEquals(error.code, "dataset");
      }
      const missing = await assertRejects(() => root.resolve("none.jpg"), VitrailError, "it does not exist");
      assertEquals(missing.code, "io");
    }
    const open = await PictureRoot.open(join(folder, "in"), true);
    assertEquals(await open.resolve("../out.jpg"), join(real, "out.jpg"));
    await assertRejects(
      () => PictureRoot.open(join(folder, "none"), false),
      VitrailError,
      "it does not exist",
    );
    await assertRejects(() => PictureRoot.open(join(folder, "out.jpg"), false), VitrailError, "not a folder");
  }));
