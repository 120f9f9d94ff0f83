import { chance } from "../../tests/support/pictures/draw.ts";
import { pythonWith, TORCH } from "../peers/peer.ts";
import { QWEN_CONFIG } from "../peers/work.ts";
import { type Figure, figureOf, median, missing } from "../report/figure.ts";

const CLI = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-env", "--allow-ffi", "--allow-sys"];
const POOL = new URL("../peers/pool_peer.py", import.meta.url).pathname;

/** The models that sets are made for. */
const MODELS = ["qwen2_vl", "ixc25"] as const;

/** The name of Python's program in the table. */
const PYTHON = "Pillow + torch, a process a core";

/** The set that a program made, as it says. */
interface Made {
  samples: number;
  /** Rows of `pixel_values`. */
  rows: number;
}

/** Options for timing sets. */
interface SetWork {
  samples: number;
  rounds: number;
  env: Record<string, string>;
}

/**
 * Times the making of a training set in bfloat16, by `vitrail sft` and by a pool of Python's processes. Each
 * is a whole program, from its start to its last file. A sample has one to three pictures, each in its own
 * file.
 */
export async function setTimes(
  pictures: readonly string[],
  { samples, rounds, env }: SetWork,
): Promise<Figure[]> {
  const folder = await Deno.makeTempDir({ prefix: "vitrail-bench-set-" });
  try {
    const set = await drawSet(folder, pictures, samples);
    const python = await pythonWith(TORCH);
    const figures: Figure[] = [];
    for (const model of MODELS) {
      figures.push(...await modelTimes(model, set, python, { samples, rounds, env }));
    }
    return figures;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Times the programs for one model, one after another in each round; the first round is not counted. */
async function modelTimes(
  model: typeof MODELS[number],
  set: string,
  python: string | undefined,
  { samples, rounds, env }: SetWork,
): Promise<Figure[]> {
  const programs: Record<string, (out: string) => Promise<Made>> = {
    "vitrail sft": (out) => vitrailMade(model, set, out, env),
    ...(python && { [PYTHON]: (out: string) => pythonMade(python, model, set, out) }),
  };
  const name = `set ${model}`, times: Record<string, number[]> = {}, made: Record<string, Made> = {};
  for (let round = -1; round < rounds; round++) {
    for (const [program, make] of Object.entries(programs)) {
      const out = `${set}.out`;
      await Deno.mkdir(out);
      const start = performance.now();
      made[program] = await make(out);
      if (round >= 0) (times[program] ??= []).push((performance.now() - start) / samples);
      await Deno.remove(out, { recursive: true });
    }
  }
  const [mine, theirs] = Object.values(made);
  const same = theirs === undefined || JSON.stringify(theirs) === JSON.stringify(mine);
  const first = median(times["vitrail sft"]);
  const figures = Object.entries(times).map(([program, list], index) => {
    const rate = `${(1000 / median(list)).toFixed(2)} samples/s`;
    return figureOf(name, `${program}, a sample`, "ms", list, {
      note: same ? rate : `NOT THE SAME WORK: ${JSON.stringify(made)}`,
      ...(index > 0 && { ratio: median(list) / first, against: "vitrail sft" }),
    });
  });
  return python ? figures : [...figures, missing(name, PYTHON, `no python3 here has ${TORCH.what}`)];
}

/** Makes a set with `vitrail sft`. */
async function vitrailMade(
  model: typeof MODELS[number],
  set: string,
  out: string,
  env: Record<string, string>,
): Promise<Made> {
  const recipe = model === "ixc25"
    ? ["--recipe", model]
    : ["--recipe", `${set}.qwen.json`, "--set", "backend=pil"];
  const args = [...recipe, "--dtype", "bf16", "--image-root", folderOf(set), "--out", out, "--json"];
  const said = await output(
    Deno.execPath(),
    ["run", "--quiet", ...PERMISSIONS, CLI, "sft", set, ...args],
    env,
  );
  const { samples, tiles } = JSON.parse(said);
  return { samples, rows: tiles };
}

/** Makes a set with Python's pool. */
async function pythonMade(python: string, model: string, set: string, out: string): Promise<Made> {
  return JSON.parse(await output(python, [POOL, set, out, model, String(navigator.hardwareConcurrency)], {}));
}

/** Writes a set of samples into a folder, each picture a file of its own, and returns its path. */
async function drawSet(folder: string, pictures: readonly string[], samples: number): Promise<string> {
  const random = chance(17), set: unknown[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const names = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, index) => {
      const picture = pictures[Math.floor(random() * pictures.length)];
      return { picture, name: `${sample}-${index}${/\.\w+$/.exec(picture)![0]}` };
    });
    for (const { picture, name } of names) await Deno.copyFile(picture, `${folder}/${name}`);
    set.push({
      id: String(sample),
      image: names.map(({ name }) => name),
      conversations: [
        { from: "human", value: `${"<image>\n".repeat(names.length)}What is there to see?` },
        { from: "gpt", value: "Hills, a lake and the grain of a camera." },
      ],
    });
  }
  const path = `${folder}/set.json`;
  await Deno.writeTextFile(path, JSON.stringify(set));
  await Deno.writeTextFile(`${path}.qwen.json`, JSON.stringify(QWEN_CONFIG));
  return path;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Runs a program and returns what it prints. */
async function output(command: string, args: string[], env: Record<string, string>): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args, env }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new TypeError(`${command} ${args.join(" ")} failed: ${new TextDecoder().decode(stderr)}`);
}
