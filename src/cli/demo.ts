/**
 * The main job on a few pictures: `deno task demo [files]`. It needs what the command line needs, and without files a
 * checkout, whose pictures it then takes.
 *
 * @module
 */

import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { encodePng } from "../codecs/png.ts";
import type { Engine } from "../engine.ts";
import type { Batch } from "../engine/batch.ts";
import { picturesOf as sourcesOf } from "../engine/chunks.ts";
import { VitrailError } from "../errors.ts";
import { ioError, writeAtomically } from "../formats/mod.ts";
import { aloneRecipe } from "../plan/alone.ts";
import { sizeText } from "../plan/geometry.ts";
import type { Plan } from "../plan/plan.ts";
import { canvasesOf } from "./canvases.ts";
import type { Command } from "./command.ts";
import { picturesOf } from "./files.ts";
import type { Arguments } from "./flags.ts";
import { reporting, runCommand } from "./main.ts";
import { ENGINE_FLAGS, openEngine } from "./options.ts";
import { RECIPE_FLAGS, recipeOf } from "./recipe_flag.ts";
import { labelsOf, verificationText } from "./report.ts";
import { writeSample } from "./sample_file.ts";
import { sheetOf } from "./sheet.ts";
import { tableText } from "./table.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

const PICTURES = "../../tests/fixtures/pictures";
const FOLDER = "out", SAMPLE = `${FOLDER}/demo.safetensors`, SHEET = `${FOLDER}/demo.png`;

const demoCommand: Command = {
  name: "demo",
  usage: "[FILES…] [FLAGS]",
  summary: "tile a few pictures and show what a model would see",
  flags: [...RECIPE_FLAGS, ...ENGINE_FLAGS],
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const recipe = await recipeOf(args);
  const pictures = await picturesOf(args.rest.length > 0 ? args.rest : [bundledPictures()]);
  await Deno.mkdir(FOLDER, { recursive: true }).catch((error) => {
    throw ioError("make the folder", FOLDER, error);
  });
  await using engine = await openEngine(args, terminal);
  using batch = await engine.run(recipe, pictures, { verify: true });
  const times = await timesOf(engine, batch.plan, pictures);
  await writeSample(SAMPLE, batch);
  const labels = labelsOf(batch.plan, batch.names).map((label) => basename(label));
  const sheet = sheetOf(await canvasesOf(engine, recipe, pictures, {}), labels);
  await writeAtomically(SHEET, await encodePng(sheet.width, sheet.height, sheet.data));
  const mismatches = batch.verification!.mismatches;
  if (args.on("json")) {
    const document = {
      recipe: recipe.name,
      backend: batch.backend,
      mismatches,
      sample: SAMPLE,
      sheet: SHEET,
    };
    terminal.out(JSON.stringify(document, null, 2));
  } else terminal.out(`${demoTable(batch, labels, times)}\n\n${closingText(batch)}`);
  return mismatches > 0 ? 1 : 0;
}

/** The folder of bundled pictures, which a checkout has and the published package has not. */
function bundledPictures(): string {
  if (import.meta.url.startsWith("file:")) return fileURLToPath(new URL(PICTURES, import.meta.url));
  throw new VitrailError("usage", "the bundled pictures come with a checkout of Vitrail alone; name files");
}

/** Milliseconds of each image alone, decoding included, as it is in the sample, once the kernels are compiled. */
async function timesOf(engine: Engine, plan: Plan, pictures: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const image of [plan.images[0], ...plan.images]) {
    const own = sourcesOf(plan, image).map((index) => pictures[index]);
    const recipe = aloneRecipe(plan.recipe, plan, image);
    const start = performance.now();
    using _batch = await engine.run(recipe, own);
    times.push(performance.now() - start);
  }
  return times.slice(1);
}

function demoTable({ images }: Batch, labels: readonly string[], times: readonly number[]): string {
  const rows = images.map(({ size, canvas, grid, tokens }, index) => [
    labels[index],
    sizeText(size),
    sizeText(canvas),
    `${grid[0]}x${grid[1]}`,
    String(grid[0] * grid[1]),
    tokens === undefined ? "?" : String(tokens),
    times[index].toFixed(1),
  ]);
  return tableText(["file", "size", "canvas", "grid", "tiles", "tokens", "ms"], rows);
}

function closingText(batch: Batch): string {
  const { mismatches } = batch.verification!;
  const shape = `[${batch.pixelValues.shape.join(", ")}]`;
  return [
    `All pictures together are one sample of ${batch.recipe.name}: pixel_values f32 ${shape}.`,
    `${verificationText(batch)}.`,
    ...(mismatches > 0 ? ["They differ: that is a bug, please report it."] : []),
    `${SAMPLE} holds its tensors, as a training script reads them (safetensors.torch.load_file in Python).`,
    `${SHEET} shows each picture cut into its tiles, numbered in order; hatched parts are padding.`,
  ].join("\n");
}

if (import.meta.main) {
  const terminal = processTerminal();
  Deno.exit(await reporting(Deno.args, terminal, () => runCommand(demoCommand, Deno.args, terminal)));
}
