import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import process from "node:process";
import type { Launch } from "../../../cluster/array/launch.ts";
import { LAUNCH_FILES } from "../../../cluster/array/launch_files.ts";
import { VitrailError } from "../../../errors.ts";
import { runtime } from "../../../runtime/here.ts";
import type { Arguments, Flag } from "../arguments.ts";
import { partsOf } from "./part_flags.ts";

/** The flag that prints a launch in place of doing its work. */
export const PRINT_FLAG: Flag = {
  name: "print",
  value: "LAUNCHER",
  choices: Object.keys(LAUNCH_FILES),
  text: "print a file that has Slurm, Kubernetes or Docker Compose run this command in N parts, and merge " +
    "them; --shard auto/N says how many",
};

/** The parts of a launch where nobody says how many. */
const PARTS = 8;

/** The flags of `deno run` for a program that may do all that `deno task vitrail` may. */
const DENO_FLAGS = [
  "--quiet",
  "--v8-flags=--max-semi-space-size=4",
  ...["--allow-read", "--allow-write", "--allow-env", "--allow-net", "--allow-ffi", "--allow-sys"],
];

/**
 * Returns the file of a launch that `--print` asks for; undefined where it is not given.
 * @throws {VitrailError} `usage` beside flags of a dry run, and for one part of several.
 */
export async function printedLaunch(args: Arguments): Promise<string | undefined> {
  const kind = args.text("print");
  if (kind === undefined) return undefined;
  if (args.on("dry-run")) {
    throw new VitrailError("usage", "--print is of runs that make shards; leave --dry-run out");
  }
  if (args.text("queue") !== undefined) {
    throw new VitrailError(
      "usage",
      "--print has parts made, and --queue hands shards out; leave one of them out",
    );
  }
  return LAUNCH_FILES[kind](await launchOf(args));
}

/** Returns the launch of a command line. */
async function launchOf(args: Arguments): Promise<Launch> {
  const make = ["sft", ...withoutFlags(args.given, ["print", "shard"], ["json"])];
  const folder = process.cwd(), program = process.argv[1], home = await homeOf(program);
  const { name, version } = runtime, deno = name === "Deno";
  const started = deno ? ["run", ...DENO_FLAGS, program] : [program];
  return {
    program: [process.execPath, ...started],
    contained: [deno ? "deno" : "node", ...started],
    image: deno ? `denoland/deno:${version}` : `node:${version.replace(/^v/, "")}`,
    folder,
    mounted: apart([folder, home, ...await namedFolders(args, folder)]),
    make,
    out: args.text("out")!,
    parts: partsOf(args) ?? PARTS,
    gpu: args.text("executor") === "webgpu",
  };
}

/**
 * Returns arguments without some flags. A value that stands behind its flag begins with no dash: the parser
 * takes none that does.
 */
function withoutFlags(
  given: readonly string[],
  valued: readonly string[],
  others: readonly string[],
): string[] {
  const end = given.indexOf("--"), flags = end < 0 ? given : given.slice(0, end);
  const left = flags.filter((argument, index) => {
    const name = /^--([\w-]+)(?:=|$)/.exec(argument)?.[1];
    if (name !== undefined) return !others.includes(name) && !valued.includes(name);
    const before = /^--([\w-]+)$/.exec(flags[index - 1] ?? "")?.[1];
    return before === undefined || !valued.includes(before);
  });
  return [...left, ...given.slice(flags.length)];
}

/** Returns the folder of the program's own files: the nearest that has its settings or its packages. */
async function homeOf(program: string): Promise<string> {
  for (let folder = dirname(program); folder !== dirname(folder); folder = dirname(folder)) {
    for (const name of ["deno.json", "node_modules"]) {
      if (await Deno.stat(join(folder, name)).then(() => true, () => false)) return folder;
    }
  }
  return dirname(program);
}

/**
 * Returns the folders of what the arguments name and what lies outside of the working folder; of the shards'
 * folder the one that it is in, but for `/`, which no container can get.
 */
async function namedFolders({ flags, rest }: Arguments, folder: string): Promise<string[]> {
  const words = [...rest, ...Object.values(flags).flat().filter((value) => typeof value === "string")];
  const folders: string[] = [];
  for (const path of new Set(words.map((word) => resolve(folder, word)))) {
    if (path === "/" || within(folder, path)) continue;
    const found = await Deno.stat(path).catch(() => undefined);
    if (found) folders.push(found.isDirectory ? path : dirname(path));
  }
  const out = resolve(folder, String(flags.out)), parent = dirname(out);
  return [...folders, parent === "/" ? out : parent];
}

/** Returns folders without those that lie in another of them. */
function apart(folders: readonly string[]): string[] {
  const own = [...new Set(folders)];
  return own.filter((folder) => !own.some((other) => other !== folder && within(other, folder)));
}

function within(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith("..") && !isAbsolute(way);
}
