import { shown, VitrailError } from "../../errors.ts";
import {
  type BackendChoice,
  BACKENDS,
  backendsOf,
  type ClassBackends,
  defaultBackend,
  RESAMPLER_OF,
  TORCHVISIONS,
} from "../backend.ts";
import { FAMILIES } from "./families.ts";
import type { Alcove, AlcoveRecipes, Family } from "./family.ts";
import { VIDEO_FAMILIES } from "./clips/video_families.ts";
import { Fields } from "../fields.ts";
import { classOfProcessor } from "../model_types.ts";
import { isObject } from "../../given/given_value.ts";
import { nearestText } from "../../given/nearest_text.ts";
import { requireResize, requireValues } from "../parts/common_fields.ts";
import { requireIdleFields } from "../parts/size_keys.ts";
import type { ProcessorRecipe } from "../recipe.ts";

/** The release of transformers whose processors are followed. */
const FOLLOWED = "transformers 5.17";

/** The fields that name a processor's class. */
const TYPE_FIELDS = ["video_processor_type", "image_processor_type", "feature_extractor_type"] as const;

/** Returns true for a processor's config, and false for a recipe of one's own. */
export function isConfig(json: Readonly<Record<string, unknown>>): boolean {
  return TYPE_FIELDS.some((field) => field in json) || "image_processor" in json;
}

/** A recipe's parameters, or a call's options: values by the names of fields. */
type Given = Readonly<Record<string, unknown>>;

/** The recipe of a config, and the fields that were read for it. */
export interface ReadConfig {
  recipe: ProcessorRecipe;
  fields: Fields;
}

/**
 * Reads a config as `recipeFromConfig` does.
 * @param ofFile true for a file's config: it lacks the fields that the model's processor passes, and all
 * changes must be of use. A recipe's parameters hold those fields, and a call's options may be others'.
 * @param recipes those of the config's alcove at least
 */
export function readConfig(
  json: unknown,
  changes: Given,
  ofFile: boolean,
  recipes: Readonly<Partial<Record<Alcove, AlcoveRecipes>>>,
): ReadConfig {
  const { config, around, processor, type, family } = namedConfig(json, changes);
  if (!isConfig(config)) config.image_processor_type = type;
  if (ofFile) Object.assign(config, family.passed?.[String(processor)], changes);
  // A null among the changes takes the file's value away.
  for (const field of Object.keys(changes)) if (config[field] === null) delete config[field];
  for (const field of family.nullIsAbsent ?? []) if (config[field] === null) delete config[field];
  replaceFormer(config, around, changes, family);
  const chosen = chosenBackend(config, type, family);
  config.backend = chosen.name;
  const fields = new Fields(config, type, around);
  const recipe: ProcessorRecipe = {
    ...recipes[family.alcove]![family.name](fields),
    resampler: RESAMPLER_OF[chosen.name],
    backend: chosen,
  };
  fields.requireNoOther(` in ${FOLLOWED}`);
  if (ofFile) fields.requireUsed(changes);
  requireIdleFields(fields, family.checks);
  requireValues(fields, recipe.values);
  requireResize(fields, family.resizeCheck, family.readsSize);
  return { recipe, fields };
}

/**
 * Returns the alcove of the family that reads a config.
 * @throws {VitrailError} `recipe` for an unknown class, and for a config that names none, or two.
 */
export function alcoveOf(json: unknown, changes: Given): Alcove {
  return namedConfig(json, changes).family.alcove;
}

/** Returns a config with the changes, what stands around it in its file, and the class that it names. */
function namedConfig(json: unknown, changes: Given) {
  const file = (json ?? {}) as Given;
  const inner = file.image_processor as Given | null | undefined;
  const nested = typeof inner === "object" && inner !== null;
  const around: Record<string, unknown> = nested ? { ...file } : {};
  const config: Record<string, unknown> = { ...(nested ? inner : file), ...changes };
  const processor = config.processor_class ?? around.processor_class, type = typeOf(config, processor);
  return { config, around, processor, type, family: familyOf(type) };
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

/** Older fields that go before a config's `size`. */
const IN_PLACE_OF_SIZE = ["min_pixels", "max_pixels", "image_size"];

/**
 * Lets what a caller gives go before the config's older fields that say the same, which otherwise go before
 * it. A call's own values do so in Python, since classes read their older fields when they are made.
 * Source: transformers `models/qwen2_vl/image_processing_qwen2_vl.py`, `_standardize_kwargs`;
 * `models/idefics/image_processing_idefics.py` and `models/smolvlm/video_processing_smolvlm.py`, `__init__`.
 */
function replaceFormer(
  config: Record<string, unknown>,
  around: Record<string, unknown>,
  changes: Given,
  { boundsGoFirst }: Reader,
): void {
  const { size, fps, num_frames } = changes, holder = "video_sampling" in config ? config : around;
  const { video_sampling: former } = holder;
  for (const field of IN_PLACE_OF_SIZE) {
    if (size == null || boundsGoFirst || field in changes) continue;
    if (field in config) config[field] = null;
    delete around[field];
  }
  if (!isObject(former) || "video_sampling" in changes) return;
  holder.video_sampling = {
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
type Reader =
  & Pick<Family, "name" | "types" | "passed" | "alcove" | "boundsGoFirst" | "checks">
  & Pick<Family, "nullIsAbsent" | "resizeCheck" | "readsSize">
  & ClassBackends;

/** The facts that all classes for videos share. They have no `pad_size` to check. */
const OF_VIDEOS = {
  backends: ["torchvision"],
  alcove: "clips",
  checks: ["size", "crop_size", "do_center_crop"],
} as const;

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
