import { ioError } from "../../formats/io_error.ts";
import arabic from "npm:@fontsource-variable/noto-sans-arabic@5.3.0/unicode.json" with { type: "json" };
import chinese from "npm:@fontsource-variable/noto-sans-sc@5.3.1/unicode.json" with { type: "json" };
import european from "npm:@fontsource-variable/noto-sans@5.3.0/unicode.json" with { type: "json" };
import hebrew from "npm:@fontsource-variable/noto-sans-hebrew@5.3.0/unicode.json" with { type: "json" };
import korean from "npm:@fontsource-variable/noto-sans-kr@5.3.1/unicode.json" with { type: "json" };
import thai from "npm:@fontsource-variable/noto-sans-thai@5.3.0/unicode.json" with { type: "json" };

/** A family of Noto Sans: a font for a few scripts, in files by ranges of characters. */
interface FontFamily {
  /** The beginning of its files' names. */
  readonly name: string;
  /** The characters of each of its files, by the file's part of the name: `U+0000-00FF,U+0131`. */
  readonly ranges: Readonly<Record<string, string>>;
  /** The URL of a file beside the folder of its files. */
  readonly beside: string;
}

/** The families, in the order in which a character is looked for. */
const FAMILIES: readonly FontFamily[] = [
  {
    name: "noto-sans", // Latin, Greek, Cyrillic, Devanagari
    ranges: european,
    beside: import.meta.resolve("npm:@fontsource-variable/noto-sans@5.3.0/unicode.json"),
  },
  {
    name: "noto-sans-sc", // Chinese, and Japanese
    ranges: chinese,
    beside: import.meta.resolve("npm:@fontsource-variable/noto-sans-sc@5.3.1/unicode.json"),
  },
  {
    name: "noto-sans-kr",
    ranges: korean,
    beside: import.meta.resolve("npm:@fontsource-variable/noto-sans-kr@5.3.1/unicode.json"),
  },
  {
    name: "noto-sans-arabic",
    ranges: arabic,
    beside: import.meta.resolve("npm:@fontsource-variable/noto-sans-arabic@5.3.0/unicode.json"),
  },
  {
    name: "noto-sans-hebrew",
    ranges: hebrew,
    beside: import.meta.resolve("npm:@fontsource-variable/noto-sans-hebrew@5.3.0/unicode.json"),
  },
  {
    name: "noto-sans-thai",
    ranges: thai,
    beside: import.meta.resolve("npm:@fontsource-variable/noto-sans-thai@5.3.0/unicode.json"),
  },
];

/** A font file. */
export interface FontFile {
  /** A name of its own. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads the font files that hold the characters of a text, WOFF2 of variable weight, in the order in which
 * they are to be tried. A character that no family has is in none of them.
 * @throws {VitrailError} `io` where a file cannot be read.
 */
export async function fontFilesFor(text: string): Promise<FontFile[]> {
  const codes = new Set([...text].map((character) => character.codePointAt(0)!));
  const files: Promise<FontFile>[] = [];
  for (const { name, ranges, beside } of FAMILIES) {
    for (const [subset, listed] of Object.entries(ranges)) {
      const held = [...codes].filter((code) => isIn(listed, code));
      if (held.length === 0) continue;
      for (const code of held) codes.delete(code);
      const file = `${name}-${subset.replaceAll(/[[\]]/g, "")}-wght-normal.woff2`;
      files.push(readFont(file, new URL(`files/${file}`, beside)));
    }
  }
  return await Promise.all(files);
}

async function readFont(name: string, url: URL): Promise<FontFile> {
  try {
    return { name, bytes: await Deno.readFile(url) };
  } catch (error) {
    throw ioError("read the font", name, error);
  }
}

/** Tells if a list of ranges, such as `U+0000-00FF,U+0131`, holds a character. */
function isIn(ranges: string, code: number): boolean {
  return ranges.split(",").some((range) => {
    const [from, to = from] = range.replace("U+", "").split("-").map((digits) => parseInt(digits, 16));
    return code >= from && code <= to;
  });
}
