import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { golden } from "./support/golden/golden.ts";
import { countText, familiesTable, withFamilies } from "./support/readme/families_table.ts";

const ROOT = new URL("../", import.meta.url);
const README = await Deno.readTextFile(new URL("README.md", ROOT));
/** The pages for readers, from the root on. */
const PAGES = ["README.md", "CONTRIBUTING.md", "src/sft/README.md", "src/serve/README.md"];

/** The records of every golden file whose name begins so. */
function recordsOf<T>(begin: string): T[] {
  const names = [...Deno.readDirSync(new URL("tests/goldens/", ROOT))].map(({ name }) => name).sort();
  return names.filter((name) => name.startsWith(begin) && name.endsWith(".json"))
    .flatMap((name) => golden<{ records: T[] }>(name.replace(".json", "")).records);
}

Deno.test("README.md has no more than 201 lines beside its table of families, and breaks no number", () => {
  const lines = README.trimEnd().split("\n");
  assert(lines.length - familiesTable().split("\n").length <= 201);
  assertEquals(README.match(/\b\d{1,3}\n\d{3}\b/g), null);
});

Deno.test("README.md has the table that its goldens prove: deno task build:readme writes it", () => {
  assertEquals(withFamilies(README), README);
});

Deno.test("README.md gives the counts of the goldens", () => {
  const { meta: _, columns: __, note: ___, ...geometries } = golden<Record<string, unknown[]>>("geometry");
  const counts = [
    `${countText(recordsOf("resize").length)} resizes`,
    `${recordsOf("ixc").length} pipelines`,
    `${[...Deno.readDirSync(new URL("tests/fixtures/codecs/", ROOT))].length} files`,
    `${countText(Object.values(geometries).reduce((sum, { length }) => sum + length, 0))} geometries`,
  ];
  assertEquals(counts.filter((count) => !README.includes(count)), []);
});

Deno.test("README.md has first lines of code that print what it says", async () => {
  const [, code, printed] = /```ts\n([^]*?)```\n+```text\n([^]*?)```/.exec(README)!;
  assertEquals(README.indexOf("```ts"), README.indexOf("```ts\n" + code), "the first code is no other");
  const program = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-read", "-"],
    cwd: fileURLToPath(ROOT),
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  await new Blob([code]).stream().pipeTo(program.stdin);
  const { stdout } = await program.output();
  assertEquals(new TextDecoder().decode(stdout), printed);
});

Deno.test("README.md and the other pages name files that exist", () => {
  const named = PAGES.flatMap((page) => {
    const text = Deno.readTextFileSync(new URL(page, ROOT));
    const prose = text.replaceAll(/```[^]*?```/g, "").replaceAll(/\S*mosaic\S*/g, ""); // an example's family
    const links = prose.matchAll(/\]\((?!https?:)([^)#\s]+)/g);
    const paths = prose.matchAll(/\b((?:src|shaders|tests|bench)\/[\w./-]*\w)/g);
    const linked = Array.from(links, ([, path]) => new URL(path, new URL(page, ROOT)));
    const written = Array.from(paths, ([, path]) => new URL(path, ROOT));
    return [...linked, ...written].map((url) => ({ page, path: url.pathname }));
  });
  assert(named.length > 10);
  assertEquals(named.filter(({ path }) => !exists(path)), []);
});

/** Returns true for the path of a file or a folder of the repository. */
function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch {
    return false;
  }
}
