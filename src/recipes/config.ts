import { shown, VitrailError } from "../errors.ts";
import {
  type BackendChoice,
  BACKENDS,
  backendsOf,
  type ClassBackends,
  defaultBackend,
  RESAMPLER_OF,
  TORCHVISIONS,
} from "./backend.ts";
import { FAMILIES } from "./families/families.ts";
import type { Family } from "./families/family.ts";
import { VIDEO_FAMILIES } from "./families/clips/video_families.ts";
import { Fields } from "./fields.ts";
import { classOfProcessor } from "./model_types.ts";
import { isObject, requireGiven } from "../given/given_value.ts";
import { nearestText } from "../given/nearest_text.ts";
import type { ProcessorRecipe, Recipe } from "./recipe.ts";

/** The release of transformers whose processors are followed. */
const FOLLOWED = "transformers 5.17";

/** The fields that name a processor's class. */
const TYPE_FIELDS = ["video_processor_type", "image_processor_type", "feature_extractor_type"] as const;

/**
 * Returns the recipe that a `preprocessor_config.json` describes. A `video_preprocessor_config.json` gives
 * one whose samples are clips.
 *
 * A `processor_config.json`, which holds the config as `image_processor`, will do as well. The fields beside
 * it (`patch_size`, `image_seq_length` …) then say how many tokens a picture becomes.
 *
 * A model's processor, which `processor_class` names, passes some fields whatever the config says: InternVL's
 * passes `crop_to_patches: true`. These are taken, as `AutoProcessor` gives them, and `changes` go first. A
 * config without `processor_class` is that of the image processor alone. One without a class gets that of
 * the models that its `processor_class` serves.
 *
 * Two fields are Vitrail's own. `backend` chooses between the twins of a class: `torchvision`,
 * `torchvision-cuda` or `pil`. By default it is the one that `AutoImageProcessor` of transformers 5 takes,
 * whether the class is named as in transformers 4 (`…Fast`) or 5 (`…Pil`). `torchvision`, `0.26` (default) or
 * `0.27`, is the version of torchvision that is followed.
 * @param json the file's content
 * @param changes fields to take in place of the file's
 * @throws {VitrailError} `recipe` for an unknown class or field, with the nearest, for a backend that the
 * class does not have, for a value that makes no sense, for a change that the class has no use for, and for a
 * config that names no class, or two.
 */
export function recipeFromConfig(json: unknown, changes: Readonly<Record<string, unknown>> = {}): Recipe {
  requireGiven("recipeFromConfig: changes", changes, "an object", "{ size: 448 }");
  return readConfig(json, changes, true).recipe;
}

/**
 * Returns a recipe with the options of one call in place of its config's fields, as the Python classes take
 * them. Options that the class has no field for are left alone, and so are recipes without a config.
 * @throws {VitrailError} `recipe` for a value that makes no sense.
 */
export function recipeWith(recipe: Recipe, options: Readonly<Record<string, unknown>>): Recipe {
  if (Object.keys(options).length === 0 || !isConfig(recipe.parameters)) return recipe;
  const { fields } = readConfig(recipe.parameters, {}, false);
  const changes = Object.entries(options).filter(([field]) => fields.has(field));
  if (changes.length === 0) return recipe;
  const { recipe: changed } = readConfig(recipe.parameters, Object.fromEntries(changes), false);
  return "backend" in options ? changed : { ...changed, backend: (recipe as ProcessorRecipe).backend };
}

/** Returns true for a processor's config, and false for a recipe of one's own. */
export function isConfig(json: Readonly<Record<string, unknown>>): boolean {
  return TYPE_FIELDS.some((field) => field in json) || "image_processor" in json;
}

/** The recipe of a config, and the fields that were read for it. */
interface ReadConfig {
  recipe: ProcessorRecipe;
  fields: Fields;
}

/** @param passed true takes the fields that the model's processor passes; a recipe's parameters hold them */
function readConfig(json: unknown, changes: Readonly<Record<string, unknown>>, passed: boolean): ReadConfig {
  const file = (json ?? {}) as Record<string, unknown>;
  const inner = file.image_processor as Record<string, unknown> | null | undefined;
  const nested = typeof inner === "object" && inner !== null;
  const config: Record<string, unknown> = { ...(nested ? inner : file), ...changes };
  const processor = config.processor_class ?? (nested ? file : {}).processor_class;
  const type = typeOf(config, processor), family = familyOf(type);
  if (!isConfig(config)) config.image_processor_type = type;
  if (passed) Object.assign(config, family.passed?.[String(processor)], changes);
  replaceFormer(config, changes);
  const chosen = chosenBackend(config, type, family);
  config.backend = chosen.name;
  const fields = new Fields(config, type, nested ? file : {});
  const recipe: ProcessorRecipe = {
    ...family.make(fields),
    resampler: RESAMPLER_OF[chosen.name],
    backend: chosen,
  };
  fields.requireNoOther(` in ${FOLLOWED}`);
  if (passed) fields.requireUsed(changes);
  return { recipe, fields };
}

/**
 * Returns the class that a config names, or else the one of the models that its processor serves.
 * @throws {VitrailError} `recipe` where there is none, and where one is for pictures and one for clips.
 */
function typeOf(config: Readonly<Record<string, unknown>>, processor: unknown): string {
  const { video_processor_type: clips, image_processor_type: pictures } = config;
  if (typeof clips === "string" && typeof pictures === "string") {
    throw new VitrailError(
      "recipe",
      `the config names a class for pictures, ${shown(pictures)}, and one for clips, ${shown(clips)}; ` +
        "give null for the one that is not meant: image_processor_type or video_processor_type",
    );
  }
  const named = TYPE_FIELDS.map((field) => config[field]).find((value) => typeof value === "string");
  const type = named ?? classOfProcessor(processor);
  if (type !== undefined) return type;
  throw new VitrailError(
    "recipe",
    "the config has no image_processor_type, and no processor_class that tells it; add the class that " +
      "prepares the model's pictures, or give the folder whose config.json has the model_type",
  );
}

/** The fields of a config that say in its place what `size` says. */
const IN_PLACE_OF_SIZE = ["min_pixels", "max_pixels", "image_size"];

/**
 * Lets what a caller gives go before the config's older fields that say the same, which otherwise go before
 * it. A call's own values do so in Python, since classes read their older fields when they are made.
 * Source: transformers `models/qwen2_vl/image_processing_qwen2_vl.py`, `_standardize_kwargs`;
 * `models/idefics/image_processing_idefics.py` and `models/smolvlm/video_processing_smolvlm.py`, `__init__`.
 */
function replaceFormer(config: Record<string, unknown>, changes: Readonly<Record<string, unknown>>): void {
  const { size, fps, num_frames } = changes, { video_sampling: former } = config;
  for (const field of IN_PLACE_OF_SIZE) {
    if (size != null && !(field in changes) && field in config) config[field] = null;
  }
  if (!isObject(former) || "video_sampling" in changes) return;
  config.video_sampling = {
    ...former,
    ...(fps == null ? {} : { fps }),
    ...(num_frames == null ? {} : { max_frames: num_frames }),
  };
}

/**
 * Returns the backend that a config asks for, or the class's default.
 * @throws {VitrailError} `recipe` for a backend that the class does not have.
 */
function chosenBackend(config: Record<string, unknown>, type: string, own: ClassBackends): BackendChoice {
  const fields = new Fields(config, type);
  const torchvision = fields.choice("torchvision", TORCHVISIONS) ?? TORCHVISIONS[0];
  const asked = fields.choice("backend", BACKENDS), there = backendsOf(own);
  if (asked === undefined) return defaultBackend(own, type, torchvision);
  if (!there.includes(asked)) throw fields.bad("backend", `one of ${there.join(", ")}, which this class has`);
  return { name: asked, reason: "it was chosen" };
}

/** The part of a family that reading a config takes, of pictures or of clips. */
type Reader = Pick<Family, "types" | "passed" | "make"> & ClassBackends;

/** The backends that the classes for videos have. */
const OF_VIDEOS: ClassBackends = { backends: ["torchvision"] };

/** Tells if a class is one that `recipeFromConfig` knows, by any of its names. */
export function hasFamily(type: string): boolean {
  return foundFamily(type) !== undefined;
}

function foundFamily(type: string): Reader | undefined {
  const video = VIDEO_FAMILIES.find(({ types }) => types.includes(type));
  if (video) return { ...video, ...OF_VIDEOS };
  const name = plainName(type);
  return FAMILIES.find(({ types }) => types.includes(name));
}

/**
 * The name of a class without the word for its backend. Configs of transformers before 4.25 call it a feature
 * extractor.
 */
function plainName(type: string): string {
  return type.replace(/(Fast|Pil)$/, "").replace(/FeatureExtractor$/, "ImageProcessor");
}

/** @throws {VitrailError} `recipe` for a class of no family, with the nearest. */
function familyOf(type: string): Reader {
  const name = plainName(type), family = foundFamily(type);
  if (family) return family;
  const types = [...FAMILIES, ...VIDEO_FAMILIES].flatMap(({ types }) => types);
  throw new VitrailError(
    "recipe",
    `no processor of ${FOLLOWED} that is followed here is called ${shown(type)}${
      nearestText(name, types)
    }; ` +
      "vitrail recipes lists those that are",
  );
}
