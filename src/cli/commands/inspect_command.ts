import { encodePng } from "../../codecs/encode_png.ts";
import { writeAtomically } from "../../formats/atomic_write.ts";
import { planSample } from "../../recipes/plan_sample.ts";
import type { Command } from "../command.ts";
import { canvasesOf } from "../drawing/canvases.ts";
import { sheetOf } from "../drawing/sheet.ts";
import { ENGINE_FLAGS, openEngine, PICTURE_FLAGS, runOptionsOf } from "../flags/engine_flags.ts";
import type { Arguments } from "../flags/flags.ts";
import { pictureArguments } from "../flags/picture_arguments.ts";
import { RECIPE_FLAGS, recipeOf } from "../flags/recipe_flag.ts";
import { print, requireWritable } from "../output/output.ts";
import { imageDocument, labelsOf, planTable, tokensOfPlan, totalText } from "../output/plan_report.ts";
import type { Terminal } from "../terminal.ts";

/** `vitrail inspect`: a picture of what the model sees. */
export const inspectCommand: Command = {
  name: "inspect",
  usage: "FILES… [--out seen.png] [FLAGS]",
  summary: "draw each picture on its canvas, with tiles, numbers, padding and tokens",
  flags: [
    ...RECIPE_FLAGS,
    { name: "out", value: "PATH", default: "seen.png", text: "where to write the PNG" },
    ...ENGINE_FLAGS,
    ...PICTURE_FLAGS,
  ],
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const recipe = await recipeOf(args);
  const options = runOptionsOf(args, terminal);
  const pictures = await pictureArguments(args.rest);
  const out = args.text("out")!;
  await requireWritable(out, pictures);
  await using engine = await openEngine(args, terminal);
  const canvases = await canvasesOf(engine, recipe, pictures, options);
  const plan = planSample(recipe, canvases.plan.pictures);
  const labels = labelsOf(plan, pictures);
  const sheet = sheetOf(canvases, labels);
  await writeAtomically(out, await encodePng(sheet.width, sheet.height, sheet.data));
  const document = {
    recipe: recipe.name,
    tokens: tokensOfPlan(plan),
    images: plan.images.map((image, index) => ({ file: labels[index], ...imageDocument(image) })),
    out,
  };
  print(
    terminal,
    args.on("json"),
    document,
    () => `${planTable(plan, pictures)}\n\n${totalText(plan)}\nwrote ${out}`,
  );
  return 0;
}
