import { type BackendChoice, backendsOf, defaultBackend, TORCHVISIONS } from "../../recipes/backend.ts";
import { FAMILIES } from "../../recipes/families/families.ts";
import type { Family } from "../../recipes/families/family.ts";
import { VIDEO_FAMILIES } from "../../recipes/families/clips/video_families.ts";
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
    const families = FAMILIES.map(listed),
      videos = VIDEO_FAMILIES.map(({ name, models, types }) => ({ name, models, types }));
    const custom = { name: "custom", fields: CUSTOM_FIELDS };
    print(
      terminal,
      args.on("json"),
      { recipes, custom, families, videos },
      () => [recipesText(), familiesText(), videosText()].join("\n\n"),
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

/** A family of processors of pictures as it is listed. */
function listed(family: Family) {
  const { name, models, types } = family;
  return { name, models, types, backends: backendsOf(family), backend: byDefault(family) };
}

/** Returns the backend that a family takes where nobody chooses, and why. */
function byDefault(family: Family): BackendChoice {
  return defaultBackend(family, family.types[0], TORCHVISIONS[0]);
}

function familiesText(): string {
  const rows = FAMILIES.map((family) => {
    const { name, models, types } = family, backend = byDefault(family).name;
    const others = backendsOf(family).filter((other) => other !== backend);
    return [name, models, types.join(", "), [backend, ...others].join(", ")];
  });
  return [
    "a model's name, its folder, or its preprocessor_config.json: --recipe ORG/MODEL, --recipe FOLDER",
    "",
    tableText(["family", "models", "image_processor_type (also with Fast, Pil)", "backends"], rows),
    "",
    "The first backend is the one that transformers 5 takes; --set backend=pil takes another.",
  ].join("\n");
}

function videosText(): string {
  return [
    "a model's video_preprocessor_config.json, whose samples are clips: --recipe FILE",
    "",
    tableText(
      ["family", "models", "video_processor_type"],
      VIDEO_FAMILIES.map(({ name, models, types }) => [name, models, types.join(", ")]),
    ),
  ].join("\n");
}
