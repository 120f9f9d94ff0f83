import { writeAtomically } from "../../formats/atomic_write.ts";
import { panelsOf } from "../../report/panels/panels.ts";
import { posterText } from "../../report/panels/poster_text.ts";
import { imageDocument, labelsOf, tokensOfPlan } from "../../report/plan_document.ts";
import type { Command } from "../command.ts";
import { drawPoster } from "../drawing/draw_poster.ts";
import { panelPage } from "../drawing/panel_page.ts";
import type { Arguments } from "../flags/arguments.ts";
import { ENGINE_FLAGS, openEngine } from "../flags/engine_flags.ts";
import { pictureArguments } from "../flags/picture_arguments.ts";
import { RECIPE_FLAGS, recipeOf } from "../flags/recipe_flags.ts";
import { PICTURE_FLAGS, runOptionsOf } from "../flags/run_flags.ts";
import { planTable, totalText } from "../output/plan_report.ts";
import { pictureProgress } from "../output/progress.ts";
import { print, type Terminal } from "../output/terminal.ts";
import { requireWritable } from "../output/writable_path.ts";

/** `vitrail inspect`: draws what the model sees. */
export const inspectCommand: Command = {
  name: "inspect",
  usage: "FILES… [--out seen.png] [--html seen.html] [FLAGS]",
  summary: "draw what the model sees of each picture: every row, its padding, what is cut off, its tokens",
  flags: [
    ...RECIPE_FLAGS,
    { name: "out", value: "PATH", default: "seen.png", text: "PNG file to write" },
    { name: "html", value: "FILE", text: "write it as a page, too, which needs no network" },
    ...ENGINE_FLAGS,
    ...PICTURE_FLAGS,
  ],
  perform,
};

async function perform(args: Arguments, terminal: Terminal): Promise<number> {
  const recipe = await recipeOf(args);
  const options = runOptionsOf(args);
  const pictures = await pictureArguments(args.rest);
  const out = args.text("out")!, page = args.text("html");
  await requireWritable(out, pictures, ".png");
  if (page !== undefined) await requireWritable(page, pictures, ".html", "--html");
  await using engine = await openEngine(args, terminal);
  const onProgress = pictureProgress(terminal, "drawing", pictures.length);
  const panels = await panelsOf(engine, recipe, pictures, { ...options, onProgress }), { plan } = panels;
  const labels = labelsOf(plan, pictures);
  const words = posterText(panels, labels);
  await writeAtomically(out, await drawPoster(panels, words));
  if (page) await writeAtomically(page, new TextEncoder().encode(await panelPage(panels, words)));
  const document = {
    recipe: recipe.name,
    tokens: tokensOfPlan(plan),
    images: plan.images.map((image, index) => ({ file: labels[index], ...imageDocument(image) })),
    out,
    ...(page && { html: page }),
  };
  print(
    terminal,
    args.on("json"),
    document,
    () => `${planTable(plan, pictures)}\n\n${totalText(plan)}\nwrote ${out}${page ? ` and ${page}` : ""}`,
  );
  return 0;
}
