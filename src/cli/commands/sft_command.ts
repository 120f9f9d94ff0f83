import { VitrailError } from "../../errors.ts";
import { makeSet, type SetProgress } from "../../sft/set/make_set.ts";
import type { Material } from "../../sft/set/planned_sample.ts";
import { SetFolder } from "../../sft/set/set_folder.ts";
import { type Part, planSet, type SetPlan, shardsOf } from "../../sft/set/set_plan.ts";
import { madeSummary, plannedSummary } from "../../sft/summary/summary.ts";
import type { Command } from "../command.ts";
import type { Arguments } from "../flags/arguments.ts";
import { openEngine } from "../flags/engine_flags.ts";
import { decisiveArguments, materialOf, partOf, setOptionsOf, SFT_FLAGS } from "../flags/sft_flags.ts";
import type { TextSettings } from "../flags/text_flags.ts";
import { durationText } from "../output/amounts.ts";
import { reportText, type SftReport, skippedText } from "../output/sft_report.ts";
import { print, type Terminal } from "../output/terminal.ts";

/** `vitrail sft`: makes shards of tensors from a multi-image data set. */
export const sftCommand: Command = {
  name: "sft",
  usage: "SET|data.txt [--out FOLDER] [FLAGS]",
  summary: "make shards of tensors from a data set of conversations with pictures",
  details: [
    "SET is JSON, JSON lines, parquet or a webdataset's tar, of conversations in one of the formats that",
    "--format lists; its records tell which. data.txt lists such files, one to a line: the path, and the",
    "ratio of its samples to take. If the command was stopped before it was done, give it again: it goes on",
    "from there.",
  ],
  flags: SFT_FLAGS,
  perform,
};

async function perform(args: Arguments, terminal: Terminal): Promise<number> {
  if (args.rest.length !== 1) {
    const found = args.rest.length === 0 ? "none" : args.rest.join(", ");
    throw new VitrailError("usage", `name one data set, such as data.json, or a data.txt, found ${found}`);
  }
  const part = partOf(args);
  const material = await materialOf(args, args.rest[0]);
  using _files = material.mixture;
  const dryRun = args.on("dry-run"), options = setOptionsOf(args);
  const plan = await planSet(material, {
    ...options,
    ...(dryRun && { onError: "skip" }), // to find all that is wrong
    onProgress: terminal.status && ((done, total) => {
      if (done % 64 === 0) terminal.status!(`planned ${done} of ${total} samples`);
    }),
  });
  terminal.status?.("");
  if (!dryRun) return await make(args, terminal, material, plan, part);
  const planned = plannedSummary(plan, shardsOf(plan, part), material);
  report(args, terminal, { dryRun, ...planned }, plan.skipped);
  return options.onError === "fail" && plan.skipped.some(({ asked }) => !asked) ? 1 : 0;
}

/** Makes the shards of a part, and reports them. */
async function make(
  args: Arguments,
  terminal: Terminal,
  material: Material & TextSettings,
  plan: SetPlan,
  part: Part,
): Promise<number> {
  await using engine = await openEngine(args, terminal);
  const decisive = decisiveArguments(args, material, plan);
  const { onError, picture } = setOptionsOf(args);
  await using folder = await SetFolder.open(args.text("out")!, decisive, part);
  const start = performance.now();
  let last: SetProgress | undefined;
  const manifest = await makeSet(engine, folder, plan, {
    material,
    part,
    decisive,
    shard: { onError, ...picture },
    onProgress: (progress) => {
      last = progress;
      terminal.status?.(progressText(progress, performance.now() - start));
    },
  });
  terminal.status?.("");
  const seconds = (performance.now() - start) / 1000, made = last ? last.done - last.found : 0;
  const skipped = [...manifest.skipped, ...manifest.shards.flatMap((shard) => shard.skipped)];
  const speed = {
    seconds,
    made,
    found: last?.found ?? 0,
    kept: last?.kept ?? 0,
    picturesPerSecond: seconds > 0 ? made / seconds : 0,
  };
  report(args, terminal, {
    out: folder.path,
    ...madeSummary(plan, manifest, material),
    ...speed,
  }, skipped);
  return 0;
}

/**
 * The pictures done, the rate of those made now, and the time left; those that were found whole took none.
 */
function progressText({ done, total, found }: SetProgress, ms: number): string {
  const made = done - found, rate = made / (ms / 1000);
  const left = made > 0 ? `, ${rate.toFixed(1)}/s, ${durationText((total - done) / rate)} left` : "";
  return `${done} of ${total} pictures${left}`;
}

/** Prints the report, as JSON or for people. */
function report(
  args: Arguments,
  terminal: Terminal,
  summary: SftReport,
  skipped: SetPlan["skipped"],
): void {
  if (!args.on("json") && !summary.dryRun) {
    for (const line of skippedText(skipped)) terminal.err(line);
  }
  const document = { recipe: args.text("recipe"), ...summary, skippedSamples: skipped };
  print(terminal, args.on("json"), document, () => reportText(summary));
}
