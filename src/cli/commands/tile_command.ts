import { basename, extname, join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import type { Batch } from "../../engine/results/batch.ts";
import { VitrailError } from "../../errors.ts";
import { makeFolder } from "../../formats/folder.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import type { Command } from "../command.ts";
import { DTYPE_FLAG, ENGINE_FLAGS, openEngine, PICTURE_FLAGS, runOptionsOf } from "../flags/engine_flags.ts";
import type { Arguments } from "../flags/flags.ts";
import { pictureArguments } from "../flags/picture_arguments.ts";
import { RECIPE_FLAGS, recipeOf } from "../flags/recipe_flag.ts";
import { errorDocument, print, requireWritable } from "../output/output.ts";
import {
  countText,
  imageDocument,
  labelsOf,
  outputsDocument,
  planTable,
  tokensOfPlan,
  totalText,
  verificationText,
} from "../output/plan_report.ts";
import { writeSample } from "../output/sample_file.ts";
import type { Terminal } from "../terminal.ts";

/** `vitrail tile`: pictures to tensors in safetensors files. */
export const tileCommand: Command = {
  name: "tile",
  usage: "FILES… [--out sample.safetensors | --each --out FOLDER/] [FLAGS]",
  summary: "write the tensors of one sample, or of each picture, as safetensors",
  flags: [
    ...RECIPE_FLAGS,
    { name: "out", value: "PATH", text: "where to write (default sample.safetensors; with --each samples/)" },
    { name: "each", text: "make each picture a sample of its own, in the folder --out" },
    DTYPE_FLAG,
    ...ENGINE_FLAGS,
    ...PICTURE_FLAGS,
    { name: "verify", text: "compare every element with the reference, too" },
  ],
  run,
};

/** A sample to be made: its pictures and its file. */
interface Job {
  pictures: readonly string[];
  out: string;
}

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const recipe = await recipeOf(args);
  const options = runOptionsOf(args, terminal);
  const pictures = await pictureArguments(args.rest);
  if (args.on("each")) return await runEach(args, terminal, recipe, pictures, options);
  const job = { pictures, out: args.text("out") ?? "sample.safetensors" };
  await requireWritable(job.out, pictures);
  await using engine = await openEngine(args, terminal);
  const made = await make(engine, recipe, job, options);
  print(terminal, args.on("json"), made.document, () => made.text);
  return made.mismatches > 0 ? 1 : 0;
}

/** Each picture a sample: one that fails is reported, and the others are made. */
async function runEach(
  args: Arguments,
  terminal: Terminal,
  recipe: Recipe,
  pictures: readonly string[],
  options: RunOptions,
): Promise<number> {
  const folder = args.text("out") ?? "samples";
  await makeFolder(folder);
  await using engine = await openEngine(args, terminal);
  const samples: unknown[] = [], failed: unknown[] = [], json = args.on("json");
  let differing = 0;
  for (const [index, job] of jobsOf(pictures, folder).entries()) {
    terminal.status?.(`${index + 1} of ${pictures.length} samples`);
    try {
      const made = await make(engine, recipe, job, { ...options, onProgress: undefined });
      samples.push(made.document);
      if (made.mismatches > 0) differing++;
      terminal.status?.("");
      if (!json) terminal.out(`${made.text}\n`);
    } catch (error) {
      if (!(error instanceof VitrailError) || error.code === "device") throw error;
      terminal.status?.("");
      terminal.err(`vitrail: ${error.message}`);
      failed.push({ file: job.pictures[0], error: errorDocument(error) });
    }
  }
  const total = `${countText(samples.length, "sample")} written to ${folder}, ${
    countText(failed.length, "picture")
  } failed`;
  print(terminal, json, { samples, failed }, () => total);
  return failed.length + differing > 0 ? 1 : 0;
}

/** A job for each picture; pictures of one name get numbers. */
function jobsOf(pictures: readonly string[], folder: string): Job[] {
  const taken = new Set<string>();
  return pictures.map((picture) => {
    const stem = basename(picture, extname(picture));
    let name = stem;
    for (let count = 2; taken.has(name); count++) name = `${stem}-${count}`;
    taken.add(name);
    return { pictures: [picture], out: join(folder, `${name}.safetensors`) };
  });
}

async function make(engine: Engine, recipe: Recipe, job: Job, options: RunOptions) {
  const start = performance.now();
  using batch = await engine.run(recipe, job.pictures, options);
  const ms = Math.round(performance.now() - start);
  await writeSample(job.out, batch);
  const text = [
    planTable(batch.plan, batch.names),
    "",
    `${totalText(batch.plan)}, ${ms} ms on ${batch.executor}${
      batch.verification ? ", the comparison included" : ""
    }`,
    ...(batch.verification ? [verificationText(batch)] : []),
    `wrote ${job.out}`,
  ].join("\n");
  return { text, document: documentOf(batch, job.out, ms), mismatches: batch.verification?.mismatches ?? 0 };
}

function documentOf(batch: Batch, out: string, ms: number) {
  const labels = labelsOf(batch.plan, batch.names);
  return {
    recipe: batch.recipe.name,
    executor: batch.executor,
    outputs: outputsDocument(batch.plan),
    tokens: tokensOfPlan(batch.plan),
    images: batch.images.map((image, index) => ({ file: labels[index], ...imageDocument(image) })),
    ...(batch.verification && { verification: batch.verification }),
    ms,
    out,
  };
}
