import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

/** Names of tests as they are registered: the first words, before what a template fills in. */
const REGISTERED =
  /^ *(?:Deno\.test|on\w+|inFolder|withPython)\(\s*(?:\{\s*name:\s*)?(["`])(.*?)\1(?=,|\s*$)/gm;

/** Words that name what a file exports. */
const EXPORTED = /^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm;

/** Returns the text of each file under `folder` whose name ends in `ending`, by its path. */
async function textsIn(folder: string, ending: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, ROOT))) {
    const path = `${folder}/${name}`;
    if (isDirectory) { for (const [own, text] of await textsIn(path, ending)) texts.set(own, text); }
    else if (name.endsWith(ending)) texts.set(path, await Deno.readTextFile(new URL(path, ROOT)));
  }
  return texts;
}

const tests = await textsIn("tests", "_test.ts");
const named = [...tests].flatMap(([path, text]) =>
  [...text.matchAll(REGISTERED)].map(([, , name]) => ({ path, name }))
);

/**
 * Names that a test may begin with: what is exported, constants of the test's file, a command, a kernel, a
 * file, a folder.
 */
async function subjects(): Promise<Set<string>> {
  const sources = [
    ...await textsIn("src", ".ts"),
    ...await textsIn("bench", ".ts"),
    ...await textsIn("tests", ".ts"),
  ];
  const exported = sources.flatMap(([, text]) => [...text.matchAll(EXPORTED)].map(([, name]) => name));
  const kernels = [...(await textsIn("shaders", ".wgsl")).keys()].map((path) => path.split("/").at(-1)!);
  const files = ["README.md", "mod.ts", "deno.lock", "codecs.json", "demo.ts", "vitrail_reader.py"];
  return new Set(["vitrail", ...exported, ...kernels, ...files]);
}

Deno.test("tests/ has tests whose names begin with what they test", async () => {
  const known = await subjects();
  assert(named.length > 300, `${named.length} names were found`);
  const wrong = named.filter(({ path, name }) => {
    const [subject] = name.split(/[ ,]/);
    if (/^(?:src|shaders|tests)\//.test(subject)) return false;
    const own = new RegExp(`(?:const|function) ${subject.split(".")[0]}\\b`);
    return !known.has(subject) && !known.has(subject.split(".")[0]) && !own.test(tests.get(path)!);
  });
  assertEquals(wrong.map(({ path, name }) => `${path}: ${name}`), []);
});

Deno.test("tests/ has no two tests of one name", () => {
  const count = Map.groupBy(named, ({ name }) => name);
  const twice = [...count].filter(([, { length }]) => length > 1);
  assertEquals(twice.map(([name, own]) => `${name}: ${own.map(({ path }) => path)}`), []);
});
