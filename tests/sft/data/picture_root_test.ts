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

Deno.test("PictureRoot names the picture that one is like which is not there", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "a"));
    for (const name of ["a/b c.jpg", "é.PNG", "d.jpg"]) await Deno.writeTextFile(join(folder, name), "");
    const root = await PictureRoot.open(folder, false),
      from = `; paths are taken from --image-root ${folder}`;
    const cases: [string, string][] = [
      ["a\\b c.jpg", ', where "a/b c.jpg" is'],
      ["a/b%20c.jpg", ', where "a/b c.jpg" is'],
      ["images/a/b c.jpg", ', where "a/b c.jpg" is'],
      ["d.JPG", ', where "d.jpg" is'],
      ["D.JPG", ', where "d.jpg" is'],
      [" d.jpg", ', where "d.jpg" is'],
      ["e\u0301.PNG", ", where the same letters are in Unicode's form NFC"],
      ["%zz.jpg", ""],
    ];
    for (const [name, where] of cases) {
      const { message } = await assertRejects(() => root.resolve(name), VitrailError);
      assertEquals(
        message,
        `cannot read the picture ${join(folder, name)}: it does not exist${from}${where}`,
      );
    }
  }));

Deno.test("PictureRoot looks for what pictures are like 256 times in vain, and no more", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "d.jpg"), "");
    for (const [missing, found] of [[255, true], [256, false], [300, false]] as const) {
      const root = await PictureRoot.open(folder, false);
      const refusal = async (name: string) =>
        (await assertRejects(() => root.resolve(name), VitrailError)).message;
      await Promise.all(Array.from({ length: missing }, (_, index) => refusal(`${index}`)));
      for (let again = 0; again < 2; again++) {
        assertEquals((await refusal("D.JPG")).endsWith(', where "d.jpg" is'), found);
      }
    }
  }));
