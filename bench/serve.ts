/**
 * `deno task bench:serve [--quick]`: `vitrail serve` on this machine: plans a second of two pictures each,
 * tensors for 16 clients beside the same work one by one, with a cache and without, and a minute of 64
 * clients. Tensors' rows are the middle ones of three runs in turn. With `--quick` each takes 3 seconds.
 * Processor time is the service's, in brackets the clients'.
 *
 * @module
 */

import { tableText } from "../src/cli/output/table.ts";
import { Engine, recipeFromConfig } from "../mod.ts";
import { load, type LoadCount, type LoadKind, percentile } from "../tests/support/serve/load.ts";
import { hostileKind, loadPictures, planKinds, tensorKind } from "../tests/support/serve/load_kinds.ts";
import {
  processorTime,
  residentBytes,
  startServed,
  writeModel,
} from "../tests/support/serve/served_process.ts";

const quick = Deno.args.includes("--quick"), seconds = quick ? 3 : 10;

/** Loads a service of its own, started with more arguments, and returns the counts and its memory, MiB. */
async function measured(
  kinds: readonly LoadKind[],
  clients: number,
  time: number,
  ...args: string[]
): Promise<{ counts: LoadCount[]; processor: string; mib: number; hits: string }> {
  const served = await startServed("--recipe", folder, "--executor", "simd", ...args);
  await load(served.url, kinds, { clients, seconds: 1 }); // so that all is compiled
  const processes = [served.pid, Deno.pid], before = await Promise.all(processes.map(processorTime));
  const counts = await load(served.url, kinds, { clients, seconds: time });
  const after = await Promise.all(processes.map(processorTime));
  const requests = counts.reduce((sum, { times }) => sum + times.length, 0);
  const [own, others] = after.map((end, index) => ((end - before[index]) / requests).toFixed(1));
  const mib = Math.round(await residentBytes(served.pid) / 2 ** 20);
  const metrics = await (await fetch(`${served.url}metrics`)).text();
  const [hits, misses] = ["hits", "misses"].map((name) =>
    Number(new RegExp(`cache_${name}_total (\\d+)`).exec(metrics)?.[1] ?? 0)
  );
  await served.stop();
  const processor = `${own} (${others})`;
  return {
    counts,
    processor,
    mib,
    hits: hits + misses === 0 ? "" : `${Math.round(100 * hits / (hits + misses))}%`,
  };
}

/** A row of the table for each kind of request. */
function rowsOf(
  what: string,
  time: number,
  { counts, processor, mib, hits }: Awaited<ReturnType<typeof measured>>,
): string[][] {
  return counts.map(({ name, times, problems }) => [
    what,
    name,
    (times.length / time).toFixed(0),
    percentile(times, 0.5).toFixed(1),
    percentile(times, 0.99).toFixed(1),
    processor,
    String([...problems.values()].reduce((sum, count) => sum + count, 0)),
    hits,
    String(mib),
  ]);
}

/** The rows of tensors: of each way to ask, the middle one of three runs, in turn with the others'. */
async function tensorRows(tensors: LoadKind): Promise<string[][]> {
  const ways = [
    { what: "one by one", clients: 1, args: ["--batch-wait", "0", "--lanes", "0"] },
    { what: "one by one, lanes", clients: 1, args: ["--batch-wait", "0"] },
    { what: "16 clients", clients: 16, args: [] },
    { what: "16 clients, cache", clients: 16, args: ["--cache", "512MiB"] },
  ];
  const runs = ways.map((): Awaited<ReturnType<typeof measured>>[] => []);
  for (let round = 0; round < 3; round++) {
    for (const [way, { clients, args }] of ways.entries()) {
      runs[way].push(await measured([tensors], clients, seconds, ...args));
    }
  }
  return ways.flatMap(({ what }, way) => {
    runs[way].sort((a, b) => a.counts[0].times.length - b.counts[0].times.length);
    return rowsOf(what, seconds, runs[way][1]);
  });
}

const folder = await Deno.makeTempDir({ prefix: "vitrail-bench-serve-" });
try {
  await writeModel(folder, 28 * 28 * 1024);
  const json = JSON.parse(await Deno.readTextFile(`${folder}/preprocessor_config.json`));
  const recipe = recipeFromConfig(json), pictures = await loadPictures();
  await using engine = await Engine.open({ executor: "simd", lanes: 0 });
  const [sizes, headers] = planKinds(pictures), tensors = await tensorKind(pictures, recipe, engine);
  const all = [sizes, headers, tensors, hostileKind(pictures)], long = quick ? seconds : 60;
  const rows = [
    ...rowsOf("16 clients", seconds, await measured([sizes], 16, seconds)),
    ...rowsOf("16 clients", seconds, await measured([headers], 16, seconds)),
    ...await tensorRows(tensors),
    ...rowsOf("64 clients, cache", long, await measured(all, 64, long, "--cache", "512MiB")),
  ];
  const head = [
    "clients",
    "requests",
    "a second",
    "half within ms",
    "99% within ms",
    "processor ms",
    "failed",
    "hits",
    "MiB",
  ];
  console.log(tableText(head, rows));
} finally {
  await Deno.remove(folder, { recursive: true });
}
