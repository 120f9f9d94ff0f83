import type { Command } from "../command.ts";
import type { Arguments } from "../flags/arguments.ts";
import { ENGINE_FLAGS, openEngine } from "../flags/engine_flags.ts";
import { pictureArguments } from "../flags/picture_arguments.ts";
import { RECIPE_FLAGS, recipeOf } from "../flags/recipe_flags.ts";
import { DTYPE_FLAG, PICTURE_FLAGS, runOptionsOf } from "../flags/run_flags.ts";
import { totalText, verificationText } from "../output/plan_report.ts";
import { pictureProgress } from "../output/progress.ts";
import { print, type Terminal } from "../output/terminal.ts";

/** `vitrail verify`: compares every element with the reference. */
export const verifyCommand: Command = {
  name: "verify",
  usage: "FILES… [FLAGS]",
  summary: "compare a sample's elements with the CPU reference's; exit status 1 where one differs",
  flags: [...RECIPE_FLAGS, DTYPE_FLAG, ...ENGINE_FLAGS, ...PICTURE_FLAGS],
  perform,
};

async function perform(args: Arguments, terminal: Terminal): Promise<number> {
  const recipe = await recipeOf(args);
  const options = { ...runOptionsOf(args), verify: true };
  const pictures = await pictureArguments(args.rest);
  await using engine = await openEngine(args, terminal);
  const onProgress = pictureProgress(terminal, "comparing", pictures.length);
  const batch = await engine.run(recipe, pictures, { ...options, onProgress });
  const { elements, mismatches, largestError, at } = batch.verification!;
  const document = {
    recipe: recipe.name,
    executor: batch.executor,
    elements,
    mismatches,
    largestError,
    at: at ?? null,
  };
  print(
    terminal,
    args.on("json"),
    document,
    () => `${totalText(batch.plan)}\n${verificationText(batch)}`,
  );
  return mismatches > 0 ? 1 : 0;
}
