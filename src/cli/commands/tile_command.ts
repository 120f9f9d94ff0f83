import { basename, extname, join } from "node:path";
import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import type { Batch } from "../../engine/results/batch.ts";
import { VitrailError } from "../../errors.ts";
import { makeFolder } from "../../formats/folder.ts";
import type { ClipFrames } from "../../plan/clip_frames.ts";
import { countText } from "../../report/amounts.ts";
import { imageDocument, labelsOf, outputsDocument, tokensOfPlan } from "../../report/plan_document.ts";
import type { Command } from "../command.ts";
import type { Arguments } from "../flags/arguments.ts";
import { ENGINE_FLAGS, openEngine, reportTrouble } from "../flags/engine_flags.ts";
import { pictureArguments } from "../flags/picture_arguments.ts";
import { chosenClips, FPS_FLAG, fpsOf } from "../flags/clip_flags.ts";
import { type ChosenRecipe, chosenRecipe, RECIPE_FLAGS } from "../flags/recipe_flags.ts";
import { DTYPE_FLAG, PICTURE_FLAGS, runOptionsOf } from "../flags/run_flags.ts";
import { Interruption } from "../interruption.ts";
import { commandText } from "../output/command_text.ts";
import { clipDocument, clipText } from "../output/clip_report.ts";
import { sourceText } from "../output/model_source.ts";
import { planTable, totalText, verificationText } from "../output/plan_report.ts";
import { pictureProgress, ProgressReport } from "../output/progress.ts";
import { writeSample } from "../output/sample_file.ts";
import { errorDocument, print, type Terminal } from "../output/terminal.ts";
import { requireWritable } from "../output/writable_path.ts";

/** `vitrail tile`: makes tensors of pictures, and writes them as safetensors files. */
export const tileCommand: Command = {
  name: "tile",
  usage: "FILES… [--out sample.safetensors | --each --out FOLDER] [FLAGS]",
  summary: "write the tensors of pictures, as one sample or each for itself, to safetensors files",
  details: "All FILES make one sample, which a model sees together; with --each every picture makes its own.",
  flags: [
    ...RECIPE_FLAGS,
    {
      name: "out",
      value: "PATH",
      text: "file to write, or with --each its folder (default sample.safetensors or samples)",
    },
    { name: "each", text: "make each picture a sample, in a file of its own in the folder --out" },
    FPS_FLAG,
    DTYPE_FLAG,
    ...ENGINE_FLAGS,
    ...PICTURE_FLAGS,
    {
      name: "verify",
      text: "also compare every element with the CPU reference's; exit status 1 where one differs",
    },
  ],
  perform,
};

/** A sample that is to be made. */
interface Order {
  pictures: readonly string[];
  /** Frames a second, where the pictures are a clip's frames and some of them are taken; absent: all are. */
  fps?: number;
  /** The file that it goes to. */
  out: string;
}

async function perform(args: Arguments, terminal: Terminal): Promise<number> {
  const fps = fpsOf(args), chosen = fps === undefined ? await chosenRecipe(args) : await chosenClips(args);
  const options = runOptionsOf(args);
  const pictures = await pictureArguments(args.rest);
  if (args.on("each")) return await makeEach(args, terminal, chosen, pictures, options);
  const order = { pictures, fps, out: args.text("out") ?? "sample.safetensors" };
  await requireWritable(order.out, pictures, ".safetensors");
  await using engine = await openEngine(args, terminal);
  const onProgress = pictureProgress(terminal, "tiling", pictures.length);
  const made = await make(engine, chosen, order, { ...options, onProgress });
  reportTrouble(engine, terminal);
  print(terminal, args.on("json"), { ...made.document, slowest: engine.slowest }, () => made.text);
  return made.mismatches > 0 ? 1 : 0;
}

/** Makes each picture a sample of its own. A picture that fails is reported, and the others are made. */
async function makeEach(
  args: Arguments,
  terminal: Terminal,
  chosen: ChosenRecipe,
  pictures: readonly string[],
  options: RunOptions,
): Promise<number> {
  const folder = args.text("out") ?? "samples";
  await makeFolder(folder);
  await using engine = await openEngine(args, terminal);
  const samples: unknown[] = [], failed: unknown[] = [], json = args.on("json");
  const progress = new ProgressReport(terminal, "auto"), total = pictures.length;
  await using _interruption = Interruption.atOnce(() => {
    progress.end();
    const whole = samples.length, command = commandText("tile", args.given);
    print(
      terminal,
      json,
      { stopped: true, out: folder, whole, samples: total, command },
      () =>
        `stopped: ${whole} of ${countText(total, "sample")} are whole in ${folder}; this makes all of them ` +
        `again:\n  ${command}`,
    );
  });
  let differing = 0;
  for (const [index, order] of ordersOf(pictures, folder).entries()) {
    progress.show({ work: "tiling", things: "samples", done: index, total, skipped: failed.length });
    try {
      const made = await make(engine, chosen, order, options);
      samples.push(made.document);
      if (made.mismatches > 0) differing++;
      progress.end();
      if (!json) terminal.out(`${made.text}\n`);
    } catch (error) {
      if (!(error instanceof VitrailError) || error.code === "device") throw error;
      progress.end();
      terminal.err(`vitrail: ${error.message}`);
      failed.push({ file: order.pictures[0], error: errorDocument(error) });
    }
  }
  const written = countText(samples.length, "sample"), lost = countText(failed.length, "picture");
  reportTrouble(engine, terminal);
  print(
    terminal,
    json,
    { samples, failed, slowest: engine.slowest },
    () => `${written} written to ${folder}, ${lost} failed`,
  );
  return failed.length + differing > 0 ? 1 : 0;
}

/** Returns an order for each picture. Where pictures have the same name, their files' names get numbers. */
function ordersOf(pictures: readonly string[], folder: string): Order[] {
  const taken = new Set<string>();
  return pictures.map((picture) => {
    const stem = basename(picture, extname(picture));
    let name = stem;
    for (let count = 2; taken.has(name); count++) name = `${stem}-${count}`;
    taken.add(name);
    return { pictures: [picture], out: join(folder, `${name}.safetensors`) };
  });
}

/** Makes one sample, writes its file and returns its report, for people and as JSON. */
async function make(
  engine: Engine,
  { recipe, source }: ChosenRecipe,
  order: Order,
  options: RunOptions,
) {
  const start = performance.now();
  const { pictures, fps } = order, call = fps === undefined ? pictures : [{ frames: pictures, fps }];
  using batch = await engine.run(recipe, call, options);
  const ms = Math.round(performance.now() - start);
  await writeSample(order.out, batch);
  const included = batch.verification ? ", the comparison included" : "";
  const text = [
    planTable(batch.plan, batch.names),
    "",
    `${totalText(batch.plan)}, ${ms} ms on ${batch.executor}${included}`,
    ...clipsOf(batch).map((clip) => clipText(recipe.name, clip)),
    ...(batch.verification ? [verificationText(batch)] : []),
    `wrote ${order.out}${sourceText(source)}`,
  ].join("\n");
  return {
    text,
    document: { ...documentOf(batch, order.out, ms), ...(source && { source }) },
    mismatches: batch.verification?.mismatches ?? 0,
  };
}

/** Returns the frames that a batch has of clips, where it is known of which. */
function clipsOf({ plan: { clips = [] } }: Batch): readonly ClipFrames[] {
  return clips;
}

function documentOf(batch: Batch, out: string, ms: number) {
  const labels = labelsOf(batch.plan, batch.names);
  return {
    recipe: batch.recipe.name,
    executor: batch.executor,
    outputs: outputsDocument(batch.plan),
    tokens: tokensOfPlan(batch.plan),
    images: batch.images.map((image, index) => ({ file: labels[index], ...imageDocument(image) })),
    ...(clipsOf(batch).length > 0 && { clips: clipsOf(batch).map(clipDocument) }),
    ...(batch.verification && { verification: batch.verification }),
    ms,
    out,
  };
}
