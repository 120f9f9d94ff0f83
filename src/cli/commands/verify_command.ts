import type { Command } from "../command.ts";
import { pictureArguments } from "../flags/picture_arguments.ts";
import type { Arguments } from "../flags/flags.ts";
import { DTYPE_FLAG, ENGINE_FLAGS, openEngine, PICTURE_FLAGS, runOptionsOf } from "../flags/engine_flags.ts";
import { print } from "../output/output.ts";
import { RECIPE_FLAGS, recipeOf } from "../flags/recipe_flag.ts";
import { totalText, verificationText } from "../output/plan_report.ts";
import type { Terminal } from "../terminal.ts";

/** `vitrail verify`: every element against the reference. */
export const verifyCommand: Command = {
  name: "verify",
  usage: "FILES… [FLAGS]",
  summary: "compare every element with the CPU reference; exit status 1 where one differs",
  flags: [...RECIPE_FLAGS, DTYPE_FLAG, ...ENGINE_FLAGS, ...PICTURE_FLAGS],
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number> {
  const recipe = await recipeOf(args);
  const options = { ...runOptionsOf(args, terminal), verify: true };
  const pictures = await pictureArguments(args.rest);
  await using engine = await openEngine(args, terminal);
  const batch = await engine.run(recipe, pictures, options);
  const { elements, mismatches, inexact, largestError, at } = batch.verification!;
  const document = {
    recipe: recipe.name,
    executor: batch.executor,
    elements,
    mismatches,
    inexact,
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
