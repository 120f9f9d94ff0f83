import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { type CodecChoice, CODECS } from "../../src/codecs/codecs.ts";
import { decode } from "../../src/codecs/decode.ts";
import type { Format } from "../../src/codecs/format.ts";
import { assertRgb, type Fixture, fixtureBytes, FIXTURES } from "./fixtures.ts";

const CHOICES: CodecChoice[] = ["auto", "sharp", "portable"];

/** What only native code reads exactly, and what nothing does. */
const PORTABLE_REFUSES =
  /^(cmyk|ycck|cmyk-bare)\.jpg$|^grey-16bit.*\.png$|^(grey|rgb)-key\.png$|\.(tif|webp|bmp)$/;

function takes(choice: CodecChoice, { file, format }: Fixture): boolean {
  if (format === "bmp") return false;
  return choice !== "portable" || !PORTABLE_REFUSES.test(file);
}

for (const choice of CHOICES) {
  const takable = FIXTURES.filter((fixture) => takes(choice, fixture));

  Deno.test(`codec ${choice}: ${takable.length} files give Pillow's RGB`, async () => {
    for (const { file, width, height, orientation, format, rgb } of takable) {
      const picture = await decode(await fixtureBytes(file), { name: file, codec: choice });
      assertEquals([picture.width, picture.height, picture.orientation], [width, height, orientation], file);
      assertEquals(picture.format, format, file);
      await assertRgb(picture.data, rgb, `${file} by ${picture.codec}`);
    }
  });

  Deno.test(`codec ${choice}: alpha over white gives Pillow's composite`, async () => {
    for (const { file, rgb, white = rgb } of takable) {
      const picture = await decode(await fixtureBytes(file), { name: file, codec: choice, alpha: "white" });
      await assertRgb(picture.data, white, `${file} over white by ${picture.codec}`);
    }
  });

  Deno.test(`codec ${choice}: what it cannot read exactly is an error that says so`, async () => {
    for (const fixture of FIXTURES.filter((fixture) => !takes(choice, fixture))) {
      const bytes = await fixtureBytes(fixture.file);
      const error = await assertRejects(
        () => decode(bytes, { name: fixture.file, codec: choice }),
        VitrailError,
      );
      assertEquals(error.code, "decode");
      assertStringIncludes(error.message, `cannot read ${fixture.file} as a picture: `);
      assertStringIncludes(error.message, fixture.format === "bmp" ? "PNG would do" : "--allow-ffi");
    }
  });
}

Deno.test("the composites differ from the plain RGB, so that alpha is tested", () => {
  const withAlpha = FIXTURES.filter(({ white, rgb }) => white !== undefined && white !== rgb);
  assert(withAlpha.length >= 10, `${withAlpha.length} files`);
});

Deno.test("every decoder's formats have a fixture", () => {
  const formats = new Set(FIXTURES.map(({ format }) => format));
  const untested = CODECS.flatMap(({ formats }) => formats).filter((format) => !formats.has(format));
  assertEquals(untested, ["avif"] satisfies Format[], "Pillow 9.4 reads no AVIF");
});
