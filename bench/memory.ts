/**
 * `memory.ts`: the peak memory of processes that do much work: streams of 64 and of 10 000 pictures,
 * and 250 pages of 2480x3508 as one sample, within a budget of 256 MiB. Each runs in a process of its own.
 * `memory.ts stream COUNT [EXECUTOR]` and `memory.ts pages COUNT [EXECUTOR]` are those processes.
 */
import { fileURLToPath } from "node:url";
import { columnsText } from "../src/cli/output/table.ts";
import { encodePng } from "../src/codecs/encode_png.ts";
import { Engine } from "../src/engine/engine.ts";
import type { ExecutorChoice } from "../src/engine/options.ts";
import { recipeFromConfig } from "../src/recipes/config.ts";
import { ixc24khd } from "../src/recipes/tiled/ixc.ts";

/** The budget of pages, bytes. */
const BUDGET = 2 ** 28;

const PICTURES = ["page.png", "panorama.jpg", "tower.jpg", "window.jpg"].map((name) => {
  return fileURLToPath(new URL(`../tests/fixtures/pictures/${name}`, import.meta.url));
});

const [work, count, executor = "simd"] = Deno.args;
if (work === "stream") await stream(Number(count));
else if (work === "pages") await pages(Number(count));
else await measureAll();

/** Streams so many pictures, each a sample. */
async function stream(count: number): Promise<void> {
  await using engine = await Engine.open({ executor: executor as ExecutorChoice });
  const pictures = Iterator.from({ next: () => ({ done: false, value: "" }) })
    .take(count).map((_, at) => PICTURES[at % PICTURES.length]);
  let bytes = 0;
  for await (const batch of engine.stream(ixc24khd({ hdNum: 4 }), pictures)) {
    bytes = Math.max(bytes, (await batch.pixelValues.bytes()).length);
    batch.dispose();
  }
  tell(bytes);
}

/** Makes one sample of so many pages, which lie in a folder. */
async function pages(count: number): Promise<void> {
  await using engine = await Engine.open({ executor: executor as ExecutorChoice, memory: BUDGET });
  const recipe = recipeFromConfig({
    image_processor_type: "Qwen2VLImageProcessor",
    size: { shortest_edge: 3136, longest_edge: 401408 },
  });
  const names = Array.from({ length: count }, (_, at) => `${Deno.env.get("PAGES")}/${at % 10}.png`);
  const batch = await engine.run(recipe, names);
  tell((await batch.pixelValues.bytes()).length);
}

/** Prints the peak of this process and what of it are results, MiB. */
function tell(results: number): void {
  const status = Deno.readTextFileSync("/proc/self/status");
  const peak = Number(/VmHWM:\s*(\d+) kB/.exec(status)![1]) / 1024;
  console.log(JSON.stringify({ peak, results: results / 2 ** 20 }));
}

async function measureAll(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "vitrail-bench-pages-" });
  try {
    const size = { width: 2480, height: 3508 };
    for (let page = 0; page < 10; page++) {
      const data = new Uint8Array(size.width * size.height * 4).fill(255);
      for (let at = 0; at < data.length; at += 4 * (7 + page)) data.fill(at >> 14 & 255, at, at + 3);
      await Deno.writeFile(`${folder}/${page}.png`, await encodePng(size.width, size.height, data));
    }
    const rows = [["work", "executor", "seconds", "peak, MiB", "results, MiB"]];
    for (const executor of ["simd", "webgpu"]) {
      for (
        const [work, count] of [["stream", 64], ["stream", 10_000], ["pages", 25], ["pages", 250]] as const
      ) {
        const start = performance.now();
        const { stdout } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "--quiet", "--allow-all", fileURLToPath(import.meta.url), work, `${count}`, executor],
          env: { PAGES: folder },
          stderr: "inherit",
        }).output();
        const { peak, results } = JSON.parse(new TextDecoder().decode(stdout));
        const seconds = (performance.now() - start) / 1000;
        rows.push([
          `${work} of ${count}`,
          executor,
          ...[seconds, peak, results].map((number) => number.toFixed(0)),
        ]);
      }
    }
    console.log(columnsText(rows, [false, false, true, true, true]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
