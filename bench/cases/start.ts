import { type Figure, figureOf, median } from "../report/figure.ts";

const CLI = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-env", "--allow-ffi", "--allow-sys"];

/** Times whole processes, all in each round: an empty program, `vitrail plan` and `vitrail tile`. */
export async function startTimes(
  picture: string,
  rounds: number,
  env: Record<string, string>,
): Promise<Figure[]> {
  const folder = await Deno.makeTempDir({ prefix: "vitrail-bench-" });
  const vitrail = (...args: string[]) => ["run", "--quiet", ...PERMISSIONS, CLI, ...args];
  const programs = {
    "deno alone": ["eval", "0"],
    "vitrail plan": vitrail("plan", "1920x1080"),
    "vitrail tile": vitrail("tile", picture, "--out", `${folder}/one.safetensors`),
  };
  const times: Record<string, number[]> = {};
  try {
    for (let round = -1; round < rounds; round++) {
      for (const [name, args] of Object.entries(programs)) {
        const start = performance.now();
        const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, env }).output();
        if (!success) throw new TypeError(`${name} failed: ${new TextDecoder().decode(stderr)}`);
        if (round >= 0) (times[name] ??= []).push(performance.now() - start);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const alone = median(times["deno alone"]);
  return Object.entries(times).map(([name, list], index) => {
    const ratio = { ratio: median(list) / alone, against: "deno alone", lessIsBetter: true };
    return figureOf("start", name, "ms", list, index > 0 ? ratio : {});
  });
}
