import { assert, assertEquals } from "@std/assert";
import { join, normalize } from "node:path/posix";

/** The rooms of src/ by storey: a file may import from its own storey and from those below. */
const STOREYS: readonly (readonly string[])[] = [
  ["errors"],
  ["plan", "layout", "recipes"],
  ["gpu", "reference", "codecs"],
  ["engine", "sft", "formats"],
  ["cli"],
];

/** The rooms that compute with numbers only. */
const PURE = ["plan", "layout", "recipes"];

/** The longest that a file of src/ may be, in lines. */
const LONGEST = 300;

const ROOT = new URL("../", import.meta.url);

/** A file of the house. */
interface SourceFile {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** The files under `folder`, of any depth, whose names end in `ending`. */
async function filesIn(folder: string, ending: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, ROOT))) {
    const path = `${folder}/${name}`;
    if (isDirectory) files.push(...await filesIn(path, ending));
    else if (name.endsWith(ending)) files.push({ path, text: await Deno.readTextFile(new URL(path, ROOT)) });
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** TypeScript without its comments, whose examples may import and name what they like. */
function withoutComments(text: string): string {
  return text.replaceAll(/(^|\s)\/\*[^]*?\*\//g, "$1").replaceAll(/(^|\s)\/\/.*$/gm, "$1");
}

/** What a file refers to: bare module names as they are, relative paths from the repository's root. */
function referencesOf({ path, text }: SourceFile): string[] {
  const code = withoutComments(text);
  const modules = [...code.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"'.][^"']*)["']/g)].map(([, name]) =>
    name
  );
  // Any relative path counts, so that new URL("../…", import.meta.url) does too.
  const paths = [...code.matchAll(/["'`](\.\.?\/[^"'`\s]*)["'`]/g)].map(([, to]) =>
    normalize(join(path, "..", to))
  );
  return [...modules, ...paths];
}

/** The room that a path lies in: `src/gpu/device.ts` in gpu, `src/engine.ts` in engine; none outside src/. */
function roomOf(path: string): string | undefined {
  return /^src\/(\w+)(?:\/|\.ts$)/.exec(path)?.[1];
}

/** The storey of a room. */
function storeyOf(room: string): number {
  return STOREYS.findIndex((rooms) => rooms.includes(room));
}

/** Fails with all that is wrong, one to a line. */
function assertNone(problems: readonly string[]): void {
  assert(problems.length === 0, `\n  ${problems.join("\n  ")}`);
}

const sources = await filesIn("src", ".ts");
const house = [...sources, { path: "mod.ts", text: await Deno.readTextFile(new URL("mod.ts", ROOT)) }];

Deno.test("house: the references of a file are found", () => {
  const text = [
    'import a from "@std/a";',
    'export { b } from "../plan/b.ts";',
    'import c from "../../shaders/c.wgsl" with { type: "text" };',
    'const d = await import("./d.ts"); // import "../no.ts"',
    'new URL("../e/e.ts", import.meta.url);',
    '/** import f from "@std/f" */',
    'import "node:fs";',
  ].join("\n");
  const found = referencesOf({ path: "src/gpu/x.ts", text });
  assertEquals(found.sort(), [
    "@std/a",
    "node:fs",
    "shaders/c.wgsl",
    "src/e/e.ts",
    "src/gpu/d.ts",
    "src/plan/b.ts",
  ]);
});

Deno.test("house: every file of src/ stands in a room", () => {
  assertNone(sources.filter(({ path }) => storeyOf(roomOf(path) ?? "") < 0).map(({ path }) => path));
});

Deno.test("house: imports point one way, cli → engine, sft, formats → gpu, reference, codecs → plan, layout, recipes", () => {
  assertNone(sources.flatMap((file) =>
    referencesOf(file)
      .filter((to) => storeyOf(roomOf(to) ?? "errors") > storeyOf(roomOf(file.path)!))
      .map((to) => `${file.path} imports ${to}`)
  ));
});

Deno.test("house: gpu and reference never import each other", () => {
  const pairs = [["gpu", "reference"], ["reference", "gpu"]];
  assertNone(sources.flatMap((file) =>
    referencesOf(file)
      .filter((to) => pairs.some(([a, b]) => roomOf(file.path) === a && roomOf(to) === b))
      .map((to) => `${file.path} imports ${to}`)
  ));
});

Deno.test("house: only gpu imports shaders", () => {
  assertNone(house.flatMap((file) =>
    referencesOf(file)
      .filter((to) => to.startsWith("shaders/") && roomOf(file.path) !== "gpu")
      .map((to) => `${file.path} imports ${to}`)
  ));
});

Deno.test("house: plan, layout and recipes touch no GPU and do no I/O", () => {
  const pure = sources.filter(({ path }) => PURE.includes(roomOf(path)!));
  const impure = /\b(?:Deno|navigator|GPU[A-Z]\w*|fetch|process)\s*[.([]|:\s*GPU[A-Z]\w*/;
  assertNone(pure.flatMap((file) => {
    const found = impure.exec(withoutComments(file.text))?.[0];
    const modules = referencesOf(file).filter((to) => to.startsWith("node:"));
    return [...(found === undefined ? [] : [found]), ...modules].map((what) => `${file.path} uses ${what}`);
  }));
});

Deno.test("house: nothing that users import needs the tests' libraries", () => {
  assertNone(house.flatMap((file) =>
    referencesOf(file)
      .filter((to) => to === "@std/assert" || to === "fast-check" || /^tests\/.*\.ts$/.test(to))
      .map((to) => `${file.path} imports ${to}`)
  ));
});

Deno.test("house: no bare errors", () => {
  const thrown = sources.filter(({ text }) => /\bnew Error\(|\bthrow Error\(/.test(withoutComments(text)));
  assertNone(thrown.map(({ path }) => `${path} makes an Error that is no VitrailError`));
});

Deno.test("house: files are short, and named after what they hold", () => {
  assertNone(sources.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split("\n").length;
    return [
      ...(lines > LONGEST ? [`${path} has ${lines} lines, more than ${LONGEST}`] : []),
      ...(/\b(?:utils?|helpers?|managers?)\b/.test(path.replaceAll("_", " "))
        ? [`${path} says nothing`]
        : []),
    ];
  }));
});

Deno.test("house: every kernel's head gives its grid and its reference twin; what a shader names exists", async () => {
  const shaders = await filesIn("shaders", ".wgsl");
  assert(shaders.length > 0);
  const twins = new Set(sources.map(({ path }) => path));
  assertNone(shaders.flatMap(({ path, text }) => {
    const head = /^(?:\/\/.*\n)+/.exec(text)?.[0];
    if (head === undefined) return [`${path} does not begin with a comment`];
    const twin = /^\/\/ Reference twin: (\S+)/m.exec(head)?.[1];
    if (!/^@compute/m.test(text) && twin === undefined) return []; // a part of kernels
    return [
      ...(!/^@compute/m.test(text) || /^\/\/ Grid: /m.test(head) ? [] : [`${path} does not give its grid`]),
      ...(twins.has(twin ?? "") ? [] : [`${path} names the reference twin ${twin}`]),
    ];
  }));
});

Deno.test("house: mod.ts only re-exports", () => {
  const code = withoutComments(house.at(-1)!.text).replaceAll(/export[^;]*from\s*"[^"]*";/g, "").trim();
  assertEquals(code, "");
});

Deno.test("house: the lock file names no registry host", async () => {
  const lock = await Deno.readTextFile(new URL("deno.lock", ROOT));
  assertEquals(lock.match(/\w+:\/\/[^"\s]*/g), null);
});
