import { FAMILIES } from "../../recipes/families/families.ts";
import { RECIPES } from "../../recipes/registry.ts";
import { CUSTOM_FIELDS } from "../../recipes/tiled/custom.ts";
import type { Command } from "../command.ts";
import { requireNothing } from "../flags/arguments.ts";
import { tableText } from "../output/table.ts";
import { print } from "../output/terminal.ts";

/** `vitrail recipes`: lists the recipes and the families of processors. */
export const recipesCommand: Command = {
  name: "recipes",
  usage: "",
  summary: "list the recipes with their parameters, and the models whose configs are known",
  flags: [],
  perform(args, terminal) {
    requireNothing(args);
    const recipes = RECIPES.map(({ name, summary, parameters }) => ({ name, summary, parameters }));
    const families = FAMILIES.map(({ name, models, types, videoTypes = [] }) => ({
      name,
      models,
      types,
      videoTypes,
    }));
    const custom = { name: "custom", fields: CUSTOM_FIELDS };
    print(
      terminal,
      args.on("json"),
      { recipes, custom, families },
      () => `${recipesText()}\n\n${familiesText()}`,
    );
    return Promise.resolve(0);
  },
};

function recipesText(): string {
  const blocks = RECIPES.map(({ name, summary, parameters }) => {
    const lines = Object.entries(parameters).map(([key, info]) => `    ${key}=${info.default}  ${info.text}`);
    return [`${name}  ${summary}`, ...lines].join("\n");
  });
  return [...blocks, `custom  your own, a JSON file (--recipe my.json): ${CUSTOM_FIELDS.join(", ")}`].join(
    "\n\n",
  );
}

function familiesText(): string {
  const rows = FAMILIES.map(({ name, models, types, videoTypes = [] }) => [
    name,
    models,
    [...types, ...videoTypes].join(", "),
  ]);
  return [
    "a model's preprocessor_config.json, or its folder: --recipe FOLDER",
    "",
    tableText(["family", "models", "image_processor_type (also with Fast) or video_processor_type"], rows),
  ].join("\n");
}
