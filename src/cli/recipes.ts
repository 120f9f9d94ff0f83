import { RECIPES } from "../recipes/registry.ts";
import type { Command } from "./command.ts";
import { print } from "./output.ts";

/** `vitrail recipes`: what there is. */
export const recipesCommand: Command = {
  name: "recipes",
  usage: "",
  summary: "list the recipes and their parameters",
  flags: [],
  run(args, terminal) {
    const recipes = RECIPES.map(({ name, summary, parameters }) => ({ name, summary, parameters }));
    print(terminal, args.on("json"), { recipes }, recipesText);
    return Promise.resolve(0);
  },
};

function recipesText(): string {
  const blocks = RECIPES.map(({ name, summary, parameters }) => {
    const lines = Object.entries(parameters).map(([key, info]) => `    ${key}=${info.default}  ${info.text}`);
    return [`${name}  ${summary}`, ...lines].join("\n");
  });
  return [...blocks, "custom  a JSON file: --recipe my.json"].join("\n\n");
}
