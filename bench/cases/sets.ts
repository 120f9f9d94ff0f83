import { chance } from "../../tests/support/pictures/draw.ts";
import { pythonWith } from "../peers/peer.ts";
import { TORCH } from "../peers/programs.ts";
import { QWEN_CONFIG } from "../peers/work.ts";
import { type Figure, figureOf, median, missing } from "../report/figure.ts";
import { PICTURES } from "./pictures.ts";
import { NOT_THE_SAME } from "./side_by_side.ts";

const CLI = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-env", "--allow-ffi", "--allow-sys"];
const POOL = new URL("../peers/python/pool_peer.py", import.meta.url).pathname;

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

/** The most pixels of a set's pictures, as training sets have them: of the bench's, four. */
const MOST_PIXELS = 1_000_000;

/** The rounds that are timed, of a large set. */
const ROUNDS = 3;

/**
 * Times the making of a training set in bfloat16, by `vitrail sft` and by a pool of Python's processes. Each
 * is a whole program, from its start to its last file. They take turns, after a round that is not timed: the
 * first to write so much has the system find memory for it, which the next ones use again. A sample has none
 * to two pictures, each in its own file.
 */
export async function setTimes(
  paths: readonly string[],
  { samples, rounds = ROUNDS }: { samples: number; rounds?: number },
  env: Record<string, string>,
): Promise<Figure[]> {
  const pictures = paths.filter((_, index) => PICTURES[index].width * PICTURES[index].height < MOST_PIXELS);
  const folder = await Deno.makeTempDir({ prefix: "vitrail-bench-set-" });
  try {
    const set = await drawSet(`${folder}/set`, pictures, samples);
    const python = await pythonWith(TORCH);
    const figures: Figure[] = [];
    for (const model of MODELS) {
      const programs: Record<string, MakeSet> = {
        "vitrail sft": (set, out) => vitrailMade(model, set, out, env),
        ...(python && { [PYTHON]: (set: string, out: string) => pythonMade(python, model, set, out) }),
      };
      figures.push(...await modelTimes(`set ${model}`, programs, set, rounds));
      if (!python) figures.push(missing(`set ${model}`, PYTHON, `no python3 here has ${TORCH.what}`));
    }
    return figures;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Makes a set in a folder. */
type MakeSet = (set: string, out: string) => Promise<Made>;

/** Times programs that make the same set, in turns, and compares what they say of it. */
async function modelTimes(
  name: string,
  programs: Record<string, MakeSet>,
  set: string,
  rounds: number,
): Promise<Figure[]> {
  const runs = Object.entries(programs).map(([program, make]) => ({ program, make, made: [] as Timed[] }));
  for (let round = 0; round <= rounds; round++) {
    for (const { make, made } of runs) made[round] = await timed(make, set);
  }
  const [mine] = runs, [{ samples, rows }] = mine.made;
  const msOf = ({ made }: typeof mine) => made.slice(1).map(({ ms }) => ms / samples);
  return runs.map((run) => {
    const odd = run.made.find((own) => own.samples !== samples || own.rows !== rows), times = msOf(run);
    return figureOf(name, `${run.program}, a sample`, "ms", times, {
      note: odd
        ? `${NOT_THE_SAME} ${odd.samples} samples and ${odd.rows} rows`
        : `${(1000 / median(times)).toFixed(2)} samples/s`,
      ...(run !== mine && { ratio: median(times) / median(msOf(mine)), against: mine.program }),
    });
  });
}

/** A set that was made, and the time that it took, ms. */
type Timed = Made & { ms: number };

/** Makes a set and removes it; the clock times the making alone. */
async function timed(make: MakeSet, set: string): Promise<Timed> {
  const out = `${set}.out`;
  await Deno.mkdir(out);
  try {
    const start = performance.now(), made = await make(set, out);
    return { ...made, ms: performance.now() - start };
  } finally {
    await Deno.remove(out, { recursive: true });
  }
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
  await Deno.mkdir(folder);
  const random = chance(17), set: unknown[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const names = Array.from({ length: Math.floor(random() * 3) }, (_, index) => {
      const picture = pictures[Math.floor(random() * pictures.length)];
      return { picture, name: `${sample}-${index}${/\.\w+$/.exec(picture)![0]}` };
    });
    for (const { picture, name } of names) await Deno.copyFile(picture, `${folder}/${name}`);
    set.push({
      id: String(sample),
      ...(names.length > 0 && { image: names.map(({ name }) => name) }),
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
