import { shown, VitrailError } from "../errors.ts";
import { requireGiven } from "../given/given_value.ts";
import type { Size } from "../plan/geometry.ts";
import { isCount } from "./fields.ts";
import { nearestText } from "../given/nearest_text.ts";
import type { Recipe } from "./recipe.ts";
import { customRecipe } from "./tiled/custom.ts";
import { MOST_HD_TILES } from "./tiled/tiled_recipe.ts";
import { ixc2, ixc24khd, ixc25, ixc25Image, ixc25Video } from "./tiled/ixc.ts";

/** A parameter of a recipe, described for people. */
export interface ParameterInfo {
  /** The reference's default, as text. */
  default: string;
  /** Its meaning, in a few words. */
  text: string;
  /** The kind of values that it takes. */
  type: "count" | "text" | "boolean" | "size" | "choice";
  /** The values of a choice. */
  values?: readonly string[];
}

/** A recipe, described for people. */
export interface RecipeInfo {
  /** The name by which `recipe` finds it. */
  name: string;
  /** The model, and what becomes of its pictures, in one line. */
  summary: string;
  /** Its parameters by name. */
  parameters: Readonly<Record<string, ParameterInfo>>;
  /** Makes the recipe from values of its parameters; those left out get the reference's defaults. */
  make(options: Record<string, unknown>): Recipe;
}

/** The parameters that all HD recipes have. */
const HD: Record<string, ParameterInfo> = {
  uniform: {
    default: "none",
    text: "one canvas for a sample: first, largest, or WIDTHxHEIGHT",
    type: "size",
  },
  fit: {
    default: "contain",
    text: "how a picture fits a uniform canvas",
    type: "choice",
    values: ["contain", "stretch"],
  },
  layout: { default: "tiles", text: "how a canvas [c, h, w] becomes rows, as a pattern", type: "text" },
};

/** Every recipe, in the order in which they are listed. */
export const RECIPES: readonly RecipeInfo[] = [
  {
    name: "ixc2",
    summary: "InternLM-XComposer2: one square, bicubic",
    parameters: {
      size: {
        default: "490",
        text: "side of the square, pixels (the models have 490 and 224)",
        type: "count",
      },
    },
    make: ixc2,
  },
  {
    name: "ixc2-4khd",
    summary: "InternLM-XComposer2-4KHD: tiles of 336 and a global view",
    parameters: { hdNum: { default: "16", text: "most tiles a picture", type: "count" }, ...HD },
    make: ixc24khd,
  },
  {
    name: "ixc25",
    summary: "InternLM-XComposer-2.5, training: tiles of 560 and a global view",
    parameters: { hdNum: { default: "18", text: "most tiles a picture", type: "count" }, ...HD },
    make: ixc25,
  },
  {
    name: "ixc25-image",
    summary: "InternLM-XComposer-2.5, answering: tiles of 560, padding at the bottom",
    parameters: {
      hdNum: { default: "24", text: "most tiles of a single picture", type: "count" },
      hdNumSeveral: { default: "6", text: "most tiles a picture where a sample has several", type: "count" },
      ...HD,
    },
    make: ixc25Image,
  },
  {
    name: "ixc25-video",
    summary: "InternLM-XComposer-2.5, video: frames joined on one sheet, without text labels",
    parameters: {
      join: { default: "true", text: "join the frames, or take joined sheets", type: "boolean" },
    },
    make: ixc25Video,
  },
];

/**
 * Returns the recipe of this name. Parameters that `options` leave out get the reference's defaults.
 * @param options values by parameter; they may be text, as `--set` gives them
 * @throws {VitrailError} `recipe` for an unknown name or parameter, with the nearest, and for a bad value;
 * `usage` for a name that is no text, and for options that are no object.
 */
export function recipe(name: string, options: Readonly<Record<string, unknown>> = {}): Recipe {
  requireGiven("recipe: name", name, "a text", `"ixc25"`);
  requireGiven("recipe: options", options, "an object", "{ hdNum: 18 }");
  if (name === "custom") return customRecipe(options);
  const info = RECIPES.find((known) => known.name === name);
  if (!info) {
    const names = [...RECIPES.map((known) => known.name), "custom"];
    throw new VitrailError(
      "recipe",
      `no recipe is called ${shown(name)}${nearestText(name, names)}; there are ${names.join(", ")}`,
    );
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const values = given.map(([key, value]) => [key, parameterValue(info, key, value)]);
  return info.make(Object.fromEntries(values));
}

/** @throws {VitrailError} `recipe` for an unknown parameter, with the nearest, and for a bad value. */
function parameterValue(info: RecipeInfo, key: string, value: unknown): unknown {
  const names = Object.keys(info.parameters);
  if (!names.includes(key)) {
    throw new VitrailError(
      "recipe",
      `${info.name} has no parameter ${shown(key)}${nearestText(key, names)}; it has ${names.join(", ")}`,
    );
  }
  const parameter = info.parameters[key];
  const parsed = PARSERS[parameter.type](value, parameter);
  if (parsed !== undefined) return parsed;
  throw new VitrailError(
    "recipe",
    `${info.name}: ${key} is ${EXPECTED[parameter.type](parameter)}, found ${shown(value)}`,
  );
}

/** The values that each type of parameter takes, as messages name them. */
const EXPECTED: Record<ParameterInfo["type"], (info: ParameterInfo) => string> = {
  count: () => `a whole number from 1 to ${MOST_HD_TILES}`,
  text: () => "a text",
  boolean: () => "true or false",
  size: () => "first, largest, WIDTHxHEIGHT or { width, height }",
  choice: ({ values }) => `one of ${values!.join(", ")}`,
};

/** Readers of each type's values; undefined for a value that is wrong. */
const PARSERS: Record<ParameterInfo["type"], (value: unknown, info: ParameterInfo) => unknown> = {
  count(value) {
    const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    return isCount(number) && number <= MOST_HD_TILES ? number : undefined;
  },
  text: (value) => typeof value === "string" ? value : undefined,
  boolean: (value) =>
    value === true || value === "true" ? true : value === false || value === "false" ? false : undefined,
  size: sizeValue,
  choice: (value, { values }) => values!.includes(value as string) ? value : undefined,
};

/** `first`, `largest`, `WIDTHxHEIGHT` as a size, or a size as it is. */
function sizeValue(value: unknown): unknown {
  if (value === "first" || value === "largest") return value;
  const [, width, height] = /^(\d+)x(\d+)$/.exec(String(value)) ?? [];
  const size = width ? { width: Number(width), height: Number(height) } : value as Size;
  const valid = typeof size === "object" && size !== null && isCount(size.width) && isCount(size.height);
  return valid ? size : undefined;
}
