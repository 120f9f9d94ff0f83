import { relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The groups that all test files are dealt into. Each costs a start: the modules, 2 s of a core, an adapter
 * and a device. More groups leave both cores something to do until the end.
 */
const GROUPS = 12;

/** The name of a test file, as Deno would find it. */
const TEST_FILE = /_test\.ts$/;

/** Returns the test files in a folder and its folders, in the order of their paths. */
export function testFiles(folder: string): string[] {
  const found: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...testFiles(path));
    else if (TEST_FILE.test(name)) found.push(path);
  }
  return found.sort();
}

/**
 * Writes one module for each group of test files into `folder`, and returns their paths. A group's files are
 * run one after another in one isolate, which starts once. The files are dealt like cards, so that those of
 * one kind, which take about as long, do not come into one group.
 */
export function writeGroups(files: readonly string[], folder: string): string[] {
  const count = Math.min(GROUPS, files.length);
  const groups = Array.from({ length: count }, (_, at) => files.filter((_, file) => file % count === at));
  return groups.map((group, at) => {
    const path = resolve(folder, `group_${String(at + 1).padStart(2, "0")}_test.ts`);
    Deno.writeTextFileSync(path, group.map((file) => `import "${pathToFileURL(resolve(file))}";\n`).join(""));
    return relative(".", path);
  });
}
