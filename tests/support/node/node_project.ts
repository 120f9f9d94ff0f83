import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ended, type ProgramOptions, startProgram } from "../../../src/tasks/run.ts";

/** The repository's folder. */
export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));

/** The Vulkan driver that Debian's Chromium brings; Dawn takes no older Mesa. */
const SWIFTSHADER = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** The packages that a project of Node's has beside ours. */
const OTHERS = ["bun@1.4.5", "webgpu@0.6.2", "typescript@7.0.2", "@types/node@26.6.7"];

/** A fresh project of Node's, in which the package is installed from its archive. */
export class NodeProject implements AsyncDisposable {
  private constructor(
    /** Its folder, which is removed with it. */
    readonly folder: string,
    readonly node: readonly string[],
    readonly env: Record<string, string>,
  ) {}

  /** Packs the package, and installs it. */
  static async make(): Promise<NodeProject> {
    const folder = await Deno.makeTempDir({ prefix: "vitrail-node-" });
    const driver = Deno.env.get("VK_ICD_FILENAMES") || !await isThere(SWIFTSHADER) ? undefined : SWIFTSHADER;
    const project = new NodeProject(folder, await nodeCommand(), driver ? { VK_ICD_FILENAMES: driver } : {});
    try {
      await project.#install(join(folder, "package/"));
    } catch (error) {
      await project[Symbol.asyncDispose]();
      throw error;
    }
    return project;
  }

  /** Builds the package in a folder, packs it, and installs the archive, with the others beside it. */
  async #install(built: string): Promise<void> {
    const build = ["run", "--quiet", "--allow-all", join(ROOT, "src/tasks/bundle/build_node.ts"), built];
    await this.#must([Deno.execPath(), ...build]);
    await this.write("package.json", JSON.stringify({ type: "module" }));
    const archive = await this.#must(["npm", "pack", "--silent", built]);
    const install = ["npm", "install", "--no-audit", "--no-fund", "--omit=peer", "--loglevel=error"];
    await this.#must([...install, `./${archive.trim()}`]);
    await this.#must([...install, ...OTHERS]);
  }

  /** Starts a program that must succeed, and returns what it prints. */
  async #must(command: readonly string[]): Promise<string> {
    const { code, stdout } = await this.run(command, { stdout: "keep" });
    if (code !== 0) throw new Error(`${command.join(" ")} ended with code ${code}: ${stdout}`);
    return stdout;
  }

  /** Writes a file. */
  async write(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(join(this.folder, name), text);
  }

  /** Starts a program in the folder. */
  run([program, ...args]: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
    return startProgram(program, args, { cwd: this.folder, ...options });
  }

  /** Starts Node, on an adapter that Dawn takes where there is one. */
  runNode(args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
    return this.run([...this.node, ...args], { ...options, env: { ...this.env, ...options.env } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Returns the program and arguments that start Node 24: the one that is here, or npm's. */
async function nodeCommand(): Promise<string[]> {
  const { stdout } = await startProgram("node", ["--version"], { stdout: "keep" });
  return Number(/^v(\d+)/.exec(stdout)?.[1]) >= 24 ? ["node"] : ["npx", "-y", "node@24"];
}

function isThere(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}
