/**
 * The demo, `deno task demo [FILES…]`: it tiles a few pictures, verifies them and draws them. Without files
 * it takes the bundled pictures of a checkout. It needs the permissions of the command line.
 *
 * @module
 */

import { Engine } from "../../engine/engine.ts";
import type { ExecutorChoice } from "../../engine/options.ts";
import type { Batch } from "../../engine/results/batch.ts";
import { sourcePictures } from "../../engine/run/chunks.ts";
import { VitrailError } from "../../errors.ts";
import { writeAtomically } from "../../formats/atomic_write.ts";
import { ioError } from "../../formats/io_error.ts";
import { sizeText } from "../../plan/geometry.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { recipeAlone } from "../../recipes/tiled/recipe_alone.ts";
import { panelsOf } from "../../report/panels/panels.ts";
import { posterText } from "../../report/panels/poster_text.ts";
import { labelsOf } from "../../report/plan_document.ts";
import { type Command, exitStatusOf, performCommand } from "../command.ts";
import { drawPoster } from "../drawing/draw_poster.ts";
import { prepareGraphics } from "../environment.ts";
import type { Arguments } from "../flags/arguments.ts";
import { ENGINE_FLAGS, memoryOf, openEngine } from "../flags/engine_flags.ts";
import { pictureArguments } from "../flags/picture_arguments.ts";
import { RECIPE_FLAGS, recipeOf } from "../flags/recipe_flags.ts";
import { verificationText } from "../output/plan_report.ts";
import { writeSample } from "../output/sample_file.ts";
import { tableText } from "../output/table.ts";
import { processTerminal, type Terminal } from "../output/terminal.ts";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

/** The bundled pictures, from this file. */
const PICTURES = "../../../tests/fixtures/pictures";

/** The files that the demo writes, and their folder. */
const FOLDER = "out", SAMPLE = `${FOLDER}/demo.safetensors`, DRAWING = `${FOLDER}/demo.png`;

const demoCommand: Command = {
  name: "demo",
  startedBy: "deno task demo",
  usage: "[FILES…] [FLAGS]",
  summary: "tile a few pictures and show what a model would see",
  details: `Without FILES it takes the bundled pictures. It writes ${SAMPLE} and ${DRAWING}. ` +
    "Every executor that this machine has makes the same pictures, and is compared with the reference.",
  flags: [...RECIPE_FLAGS, ...ENGINE_FLAGS],
  perform,
};

async function perform(args: Arguments, terminal: Terminal): Promise<number> {
  const recipe = await recipeOf(args);
  const pictures = await pictureArguments(args.rest.length > 0 ? args.rest : [bundledPictures()]);
  await Deno.mkdir(FOLDER, { recursive: true }).catch((error) => {
    throw ioError("make the folder", FOLDER, error);
  });
  await using engines = new AsyncDisposableStack();
  const results: Result[] = [];
  for (const engine of await openEngines(args, terminal)) {
    engines.use(engine);
    const batch = await engine.run(recipe, pictures, { verify: engine.executor !== "reference" });
    results.push({ engine, batch, times: await timesOf(engine, batch.plan, pictures) });
  }
  const [{ engine, batch }] = results;
  await writeSample(SAMPLE, batch);
  const names = labelsOf(batch.plan, batch.names), labels = names.map((label) => basename(label));
  const panels = await panelsOf(engine, recipe, pictures, {});
  await writeAtomically(DRAWING, await drawPoster(panels, posterText(panels, names)));
  const mismatches = results.reduce((sum, { batch }) => sum + (batch.verification?.mismatches ?? 0), 0);
  if (args.on("json")) {
    const document = {
      recipe: recipe.name,
      executors: results.map(executorDocument),
      mismatches,
      sample: SAMPLE,
      drawing: DRAWING,
    };
    terminal.out(JSON.stringify(document, null, 2));
  } else terminal.out(`${demoTable(results, labels)}\n\n${closingText(results, mismatches)}`);
  return mismatches > 0 ? 1 : 0;
}

/** The pictures by one executor: their batch, and ms of each image alone. */
interface Result {
  engine: Engine;
  batch: Batch;
  times: readonly number[];
}

function executorDocument({ batch: { executor, verification }, times }: Result) {
  return { executor, ms: times.map((time) => Number(time.toFixed(1))), verification: verification ?? null };
}

/**
 * Opens an engine on every executor that there is here, and tells of those that there are not; with
 * `--executor` on that one, and on the reference.
 */
async function openEngines(args: Arguments, terminal: Terminal): Promise<Engine[]> {
  const asked = args.text("executor") as ExecutorChoice;
  if (asked === "reference") return [await openEngine(args, terminal)];
  if (asked !== "auto") {
    return [await openEngine(args, terminal), await Engine.open({ executor: "reference" })];
  }
  prepareGraphics();
  const engines: Engine[] = [];
  for (const executor of ["webgpu", "simd", "reference"] as const) {
    try {
      engines.push(await Engine.open({ executor, memory: memoryOf(args) }));
    } catch (error) {
      if (!(error instanceof VitrailError) || error.code !== "device") throw error;
      terminal.err(`without ${executor}: ${error.message}`);
    }
  }
  return engines;
}

/**
 * Returns the folder of the bundled pictures.
 * @throws {VitrailError} `usage` in the published package, which does not have them.
 */
function bundledPictures(): string {
  if (import.meta.url.startsWith("file:")) return fileURLToPath(new URL(PICTURES, import.meta.url));
  throw new VitrailError("usage", "the bundled pictures come with a checkout of Vitrail alone; name files");
}

/**
 * Times each image of a sample alone, decoding included, in ms. Each is tiled as it is in the sample.
 * The first image is done once more before, so that no time holds the compiling of kernels.
 */
async function timesOf(engine: Engine, plan: Plan<Recipe>, pictures: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const image of [plan.images[0], ...plan.images]) {
    const own = sourcePictures(plan, image).map((index) => pictures[index]);
    const recipe = recipeAlone(plan.recipe, plan, image);
    const start = performance.now();
    using _batch = await engine.run(recipe, own);
    times.push(performance.now() - start);
  }
  return times.slice(1);
}

function demoTable(results: readonly Result[], labels: readonly string[]): string {
  const [{ batch: { images } }] = results;
  const rows = images.map(({ size, canvas, grid, tokens }, index) => [
    labels[index],
    sizeText(size),
    sizeText(canvas),
    `${grid[0]}x${grid[1]}`,
    String(grid[0] * grid[1]),
    tokens === undefined ? "?" : String(tokens),
    ...results.map(({ times }) => times[index].toFixed(1)),
  ]);
  const heads = results.map(({ engine }) => `${engine.executor} ms`);
  return tableText(["file", "size", "canvas", "grid", "tiles", "tokens", ...heads], rows);
}

function closingText(results: readonly Result[], mismatches: number): string {
  const [{ batch }] = results, shape = `[${batch.pixelValues.shape.join(", ")}]`;
  return [
    `All pictures together are one sample of ${batch.recipe.name}: pixel_values f32 ${shape}.`,
    ...results.map(({ engine }) => `${engine.executor} is ${engine.description}.`),
    ...results.filter(({ batch }) => batch.verification).map(({ batch }) => `${verificationText(batch)}.`),
    ...(mismatches > 0 ? ["They differ: that is a bug, please report it."] : []),
    `${SAMPLE} holds its tensors, as a training script reads them (safetensors.torch.load_file in Python).`,
    `${DRAWING} shows every row of pixel_values under its number; hatched parts are padding.`,
  ].join("\n");
}

if (import.meta.main) {
  const terminal = processTerminal();
  const perform = () => performCommand(demoCommand, Deno.args, terminal);
  Deno.exit(await exitStatusOf(Deno.args, terminal, perform));
}
