import { type BackendChoice, backendsOf, defaultBackend, TORCHVISIONS } from "../../recipes/backend.ts";
import { FAMILIES } from "../../recipes/families/families.ts";
import type { Family } from "../../recipes/families/family.ts";
import { VIDEO_FAMILIES } from "../../recipes/families/clips/video_families.ts";
import { RECIPES } from "../../recipes/registry.ts";
import { CUSTOM_FIELDS } from "../../recipes/tiled/custom.ts";
import type { Command } from "../command.ts";
import { requireNothing } from "../flags/arguments.ts";
import { painted } from "../output/colours.ts";
import { termsText, wrapped } from "../output/table.ts";
import { print, textWidth } from "../output/terminal.ts";

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
      () => {
        const width = textWidth(terminal);
        const list: Listed = (terms) =>
          termsText(terms, width, (name) => painted(terminal.colours?.out, "cyan", name));
        return [recipesText(list), familiesText(list, width), videosText(list, width)].join("\n\n");
      },
    );
    return Promise.resolve(0);
  },
};

/** Makes text of a list of terms, as wide and as coloured as the terminal takes it. */
type Listed = (terms: readonly (readonly [term: string, text: string])[]) => string;

function recipesText(list: Listed): string {
  const blocks = RECIPES.map(({ name, summary, parameters }) => {
    const terms = Object.entries(parameters).map(([key, info]) =>
      [`  ${key}=${info.default}`, info.text] as const
    );
    return [list([[name, summary]]), list(terms)].join("\n");
  });
  const own = `your own, a JSON file (--recipe my.json): ${CUSTOM_FIELDS.join(", ")}`;
  return [...blocks, list([["custom", own]])].join("\n\n");
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

/** The backends that most families have, the first one by default. */
const USUAL = "torchvision, torchvision-cuda, pil";

function familiesText(list: Listed, width: number): string {
  const terms = FAMILIES.map((family) => {
    const { name, models, types } = family, backend = byDefault(family).name;
    const backends = [backend, ...backendsOf(family).filter((other) => other !== backend)].join(", ");
    return [name, `${models} (${types.join(", ")}${backends === USUAL ? "" : `; ${backends}`})`] as const;
  });
  return [
    ...wrapped(
      "Models by name, folder or preprocessor_config.json (--recipe ORG/MODEL, --recipe FOLDER), with " +
        "their image_processor_type, also with Fast and Pil. Backends are " +
        `${USUAL}, where no others are named; the first is the one that transformers 5 takes, and ` +
        "--set backend=pil takes another.",
      width,
    ),
    "",
    list(terms),
  ].join("\n");
}

function videosText(list: Listed, width: number): string {
  return [
    ...wrapped(
      "Models of clips by name with --for-clips, or by video_preprocessor_config.json (--recipe FILE), " +
        "with their video_processor_type.",
      width,
    ),
    "",
    list(VIDEO_FAMILIES.map(({ name, models, types }) => [name, `${models} (${types.join(", ")})`])),
  ].join("\n");
}
