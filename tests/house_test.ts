import { assert, assertEquals } from "@std/assert";
import { basename, dirname, join, normalize } from "node:path/posix";

/**
 * The rooms of src/ by storey, the ground first: a file imports from its own room and from the storeys below.
 */
const STOREYS: readonly (readonly string[])[] = [
  ["errors"],
  ["runtime", "given"],
  ["layout", "formats"],
  ["plan"],
  ["recipes", "text", "reference", "simd", "gpu", "codecs"],
  ["engine", "hub"],
  ["transformers_js", "onnxruntime", "sft", "report"],
  ["cluster", "serve"],
  ["cli", "browser"],
  ["tasks"],
];

/** The file that fetches what lies beside a page's modules. */
const PAGE = "src/runtime/browser_runtime.ts";

/** The file that serves the page, on this machine alone. */
const PAGE_SERVER = "src/tasks/page/page_server.ts";

/** The folders whose business is the network: what stands at a queue, and what answers requests. */
const NETWORK = ["src/cluster/queue/", "src/serve/"];

/** The rooms that compute with numbers only. */
const PURE = ["plan", "layout", "recipes"];

/** The widest that a line may be, in columns: as wide as `deno fmt` lets code be. */
const WIDEST = 110;

/** The longest that a file of src/ may be, in lines. */
const LONGEST = 300;

/** The most files that a folder may hold, of those that are read as code. */
const FULLEST = 14;

/** The folder whose alcoves grow with every model: a file a Python class. */
const FAMILIES = "src/recipes/families";

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

/** TypeScript without imports and exports of types alone, of which nothing is left when it runs. */
function withoutTypes(text: string): string {
  return text.replaceAll(/^(?:import|export) (?:type [^;]*|\{(?:\s*type \w+,?)+\s*\}) from [^;]*;/gm, "");
}

/** Returns all that a file refers to: module names as they are, relative paths from the repository's root. */
function referencesOf({ path, text }: SourceFile): string[] {
  const code = withoutComments(text);
  const modules = [...code.matchAll(/\b(?:from|import)\s*\(?\s*["']([\w@][^"'\s]*)["']/g)]
    .map(([, name]) => name);
  // Any relative path counts, so that new URL("../…", import.meta.url) does too.
  const paths = [...code.matchAll(/["'`](\.\.?\/[^"'`\s]*)["'`]/g)].map(([, to]) =>
    normalize(join(path, "..", to))
  );
  return [...modules, ...paths];
}

/**
 * The room that a path lies in: `src/gpu/device/pool.ts` in gpu, `src/errors.ts` in errors; none outside
 * src/.
 */
function roomOf(path: string): string | undefined {
  return /^src\/(\w+)(?:\/|\.ts$)/.exec(path)?.[1];
}

/** The storey of a room. */
function storeyOf(room: string): number {
  return STOREYS.findIndex((rooms) => rooms.includes(room));
}

/** Returns those of the files that each file imports. */
function importsOf(files: readonly SourceFile[]): Map<string, string[]> {
  const paths = new Set(files.map(({ path }) => path));
  return new Map(files.map((file) => [file.path, referencesOf(file).filter((to) => paths.has(to))]));
}

/** Circles of imports, each from its first file back to it; several that share a file may be shown as one. */
function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [], done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push([...path.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    for (const to of imports.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return circles;
}

/** Fails with all that is wrong, one to a line. */
function assertNone(problems: readonly string[]): void {
  assert(problems.length === 0, `\n  ${problems.join("\n  ")}`);
}

const sources = await filesIn("src", ".ts");
const house = [...sources, { path: "mod.ts", text: await Deno.readTextFile(new URL("mod.ts", ROOT)) }];

/** The files that people read from top to bottom. */
const read = [
  ...house,
  ...await filesIn("shaders", ".wgsl"),
  ...await filesIn("bench", ".ts"),
  ...await filesIn("tests", ".ts"),
];

Deno.test("referencesOf finds the references of a file", () => {
  const text = [
    'import a from "@std/a";',
    'export { b } from "../plan/b.ts";',
    'import c from "../../shaders/c.wgsl" with { type: "text" };',
    'const d = await import("./d.ts"); // import "../no.ts"',
    'new URL("../e/e.ts", import.meta.url);',
    '/** import f from "@std/f" */',
    'import "node:fs";',
    'import g from "npm:g@^1.2.3/g.js";',
  ].join("\n");
  const found = referencesOf({ path: "src/gpu/x.ts", text });
  assertEquals(found.sort(), [
    "@std/a",
    "node:fs",
    "npm:g@^1.2.3/g.js",
    "shaders/c.wgsl",
    "src/e/e.ts",
    "src/gpu/d.ts",
    "src/plan/b.ts",
  ]);
});

Deno.test("src/ has every file in a room", () => {
  assertNone(sources.filter(({ path }) => storeyOf(roomOf(path) ?? "") < 0).map(({ path }) => path));
});

Deno.test("src/ has files import from their own room and from the storeys below", () => {
  assertNone(sources.flatMap((file) => {
    const room = roomOf(file.path)!;
    return referencesOf(file).filter((to) => {
      const other = roomOf(to);
      return other !== undefined && other !== room && storeyOf(other) >= storeyOf(room);
    }).map((to) => `${file.path} imports ${to}`);
  }));
});

Deno.test("src/ and mod.ts have no file that imports itself, be it through others", () => {
  assertNone(circlesOf(importsOf(house)).map((circle) => circle.join(" -> ")));
});

Deno.test("circlesOf finds every circle of imports", () => {
  const imports = new Map([["a", ["b"]], ["b", ["c", "d"]], ["c", ["a"]], ["d", ["d"]], ["e", ["a"]]]);
  assertEquals(circlesOf(imports), [["a", "b", "c", "a"], ["d", "d"]]);
});

Deno.test("src/gpu/device/ knows WebGPU and no picture, and imports no plan", () => {
  const devices = sources.filter(({ path }) => path.startsWith("src/gpu/device/"));
  assert(devices.length > 0);
  assertNone(
    devices.flatMap((file) =>
      referencesOf(file).filter((to) => roomOf(to) === "plan").map((to) => `${file.path} imports ${to}`)
    ),
  );
});

Deno.test("src/, shaders/ and tests/ have folders that can be taken in at a glance", async () => {
  const files = [...sources, ...await filesIn("shaders", ".wgsl"), ...await filesIn("tests", ".ts")];
  const folders = Map.groupBy(files, ({ path }) => dirname(path));
  assertNone(
    [...folders].filter(([folder, { length }]) => length > FULLEST && !folder.startsWith(FAMILIES))
      .map(([folder, { length }]) => `${folder} holds ${length} files, more than ${FULLEST}`),
  );
});

Deno.test("src/ has no two files of one name", () => {
  const named = Map.groupBy(sources, ({ path }) => basename(path));
  assertNone(
    [...named.values()].filter(({ length }) => length > 1)
      .map((files) => files.map(({ path }) => path).join(" and ")),
  );
});

Deno.test("src/gpu/ alone imports shaders", () => {
  assertNone(house.flatMap((file) =>
    referencesOf(file)
      .filter((to) => to.startsWith("shaders/") && roomOf(file.path) !== "gpu")
      .map((to) => `${file.path} imports ${to}`)
  ));
});

Deno.test("src/hub/ alone uses the network, and queues, the service, and what serves a page's files", () => {
  const network =
    /\bfetch\s*\(|\bDeno\.(?:connect|listen|serve)|\bWebSocket\b|npm:@(?:huggingface\/hub|nats-io\/\w+)\b/;
  const users = sources.filter(({ text }) => network.test(withoutComments(text)));
  assert(users.length > 0);
  const others = users.filter(({ path }) =>
    roomOf(path) !== "hub" && path !== PAGE && path !== PAGE_SERVER &&
    !NETWORK.some((folder) => path.startsWith(folder))
  );
  assertNone(others.map(({ path }) => path));
});

Deno.test("src/engine/ and src/recipes/ need no file that names Deno or Node, but for src/runtime/", () => {
  const running = house.map(({ path, text }) => ({ path, text: withoutTypes(text) }));
  const imports = importsOf(running), texts = new Map(sources.map(({ path, text }) => [path, text]));
  const needed = new Set([
    "src/engine/engine.ts",
    "src/engine/lanes/lane_worker.ts",
    "src/recipes/config.ts",
  ]);
  for (const path of needed) {
    for (const to of imports.get(path) ?? []) if (roomOf(to) !== "runtime") needed.add(to);
  }
  assert(needed.size > 200);
  const place = /\bDeno\b|"node:|\bprocess\./;
  assertNone([...needed].filter((path) => place.test(withoutComments(texts.get(path)!))));
});

Deno.test("src/plan/, src/layout/ and src/recipes/ touch no GPU and do no I/O", () => {
  const pure = sources.filter(({ path }) => PURE.includes(roomOf(path)!));
  const impure = /\b(?:Deno|navigator|GPU[A-Z]\w*|fetch|process)\s*[.([]|:\s*GPU[A-Z]\w*/;
  assertNone(pure.flatMap((file) => {
    const found = impure.exec(withoutComments(file.text))?.[0];
    const modules = referencesOf(file).filter((to) => to.startsWith("node:"));
    return [...(found === undefined ? [] : [found]), ...modules].map((what) => `${file.path} uses ${what}`);
  }));
});

Deno.test("src/ and mod.ts need none of the tests' libraries", () => {
  assertNone(house.flatMap((file) =>
    referencesOf(file)
      .filter((to) => to === "@std/assert" || to === "fast-check" || /^tests\/.*\.ts$/.test(to))
      .map((to) => `${file.path} imports ${to}`)
  ));
});

Deno.test("src/ makes no bare errors", () => {
  const thrown = sources.filter(({ text }) => /\bnew Error\(|\bthrow Error\(/.test(withoutComments(text)));
  assertNone(thrown.map(({ path }) => `${path} makes an Error that is no VitrailError`));
});

Deno.test("src/ has short files, named after what they hold", () => {
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

Deno.test("src/, shaders/, bench/ and tests/ have no line wider than code may be", () => {
  assertNone(read.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => {
      const { length } = [...line];
      return length > WIDEST ? [`${path}:${index + 1} has ${length} columns, more than ${WIDEST}`] : [];
    })
  ));
});

/** A docstring that begins as a question does. It is to say what a thing is or does: "Returns …", "The …". */
const QUESTION = /\/\*\*\s+(?:\*\s+)?((?:What|Whether|How|Where|Which)\b.*)/g;

Deno.test("src/, shaders/, bench/ and tests/ have no docstring that begins as a question does", () => {
  const text = ["", " Whether it is. */", "\n * What it is:\n */", " Tells whether it is. */"].join("\n/**");
  assertEquals([...text.matchAll(QUESTION)].map(([, line]) => line), ["Whether it is. */", "What it is:"]);
  assertNone(
    read.flatMap(({ path, text }) => [...text.matchAll(QUESTION)].map(([, line]) => `${path}: ${line}`)),
  );
});

Deno.test("shaders/ have heads that give grid and reference twin, and name what exists", async () => {
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

Deno.test("src/ names packages by npm: and version, as deno.json does, and so runs without it", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const versioned: string[] = Object.values(imports);
  assertNone(sources.flatMap((file) =>
    referencesOf(file).flatMap((to) => {
      if (/^(?:node:|@std\/|\.\/$|out\/|src\/|shaders\/|tests\/|deno\.json|README)/.test(to)) return [];
      const [name] = /^npm:(?:@[^/]+\/)?[^/]+/.exec(to) ?? [to];
      return versioned.includes(name) ? [] : [`${file.path} imports ${to}`];
    })
  ));
});

Deno.test("mod.ts only re-exports", () => {
  const code = withoutComments(house.at(-1)!.text).replaceAll(/export[^;]*from\s*"[^"]*";/g, "").trim();
  assertEquals(code, "");
});

Deno.test("deno.lock names no registry host", async () => {
  const lock = await Deno.readTextFile(new URL("deno.lock", ROOT));
  assertEquals(lock.match(/\w+:\/\/[^"\s]*/g), null);
});
