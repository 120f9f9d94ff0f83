import { shown, VitrailError } from "../errors.ts";
import { hasFamily } from "./families/read_config.ts";
import { classOfModelType, classOfProcessor, clipsClassOfModelType } from "./model_types.ts";

/** The files of a model that say how its pictures are prepared, of which each model has some. */
export const CONFIG_NAMES = [
  "processor_config.json",
  "preprocessor_config.json",
  "video_preprocessor_config.json",
  "config.json",
] as const;

/** The name of such a file. */
export type ConfigName = typeof CONFIG_NAMES[number];

/** A JSON object of unknown fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The contents of a model's files, by name; those that it does not have are absent. */
export type ModelConfigs = { readonly [name in ConfigName]?: JsonObject };

/** The config of a model, and the files that it was made of. */
export interface ModelConfig {
  /** The config, as `recipeFromConfig` takes it. */
  readonly config: JsonObject;
  /** The files that say something of it, the one that holds it first. */
  readonly names: readonly ConfigName[];
}

/** Options of a model's config. */
export interface ModelConfigOptions {
  /** True takes the config for clips, false the one for pictures. */
  readonly clips?: boolean;
  /** Fields to take in place of the files'. */
  readonly changes?: JsonObject;
}

/**
 * Returns the config that a model's files give for pictures, or for clips. transformers 5 looks in this
 * order:
 *
 * 1. the `image_processor`, or for clips the `video_processor`, in `processor_config.json`;
 * 2. `preprocessor_config.json`, or for clips `video_preprocessor_config.json`. The fields of
 *    `processor_config.json` are put around it;
 * 3. for clips, `preprocessor_config.json`.
 *
 * A config that names no class gets that of its `feature_extractor_type`, or the one that stands in
 * `config.json`, belongs to the `model_type` there, or to the models that its `processor_class` serves. Of a
 * config with a class for pictures and one for clips the one that is asked for counts. A model that has a
 * config for clips alone gives that one for pictures, too.
 *
 * A config for pictures in place of one for clips gets the class for clips of the same name, or else the one
 * that `config.json` tells. It is put around that class, which reads of it what it knows, as in Python.
 *
 * Source: transformers `image_processing_base.py`, `get_image_processor_dict`, `video_processing_utils.py`,
 * `get_video_processor_dict`, and `from_pretrained` in `models/auto/image_processing_auto.py` and
 * `models/auto/video_processing_auto.py`.
 *
 * @param what the model in messages, such as `the folder models/qwen`
 * @throws {VitrailError} `io` where no file says how pictures are prepared. `recipe` where they are prepared
 * by code that comes with the model, which is never run, and where no class is named.
 */
export function modelConfig(
  configs: ModelConfigs,
  what: string,
  { clips = false, changes = {} }: ModelConfigOptions = {},
): ModelConfig {
  const found = chosenConfig(configs, clips);
  if (found === undefined) throw new VitrailError("io", `${what} holds ${clips ? NO_CLIPS : NO_PICTURES}`);
  const { own, around, field } = found, named = classNamed(found, configs);
  const other = field === CLIPS ? PICTURES : CLIPS;
  if (classIn(changes, field) === undefined) requireOurs(named, found, configs, what);
  const one = isNamedTwice(own) ? { ...own, [other]: null } : own;
  if (named === classIn(own, field)) return { config: within(one, around), names: found.names };
  const inferred = named !== undefined && named !== classBeside(found) &&
    named === classInModel(configs, field);
  return {
    config: typeof own[other] === "string"
      ? within({ [field]: named }, { ...around, ...own, [other]: null })
      : within({ ...one, [field]: named }, around),
    names: inferred ? [...found.names, "config.json"] : found.names,
  };
}

/**
 * Tells if some of a model's files suffice for a recipe: one of them is a config, and its class is named.
 * @param all false where the model may have others. A config for pictures in place of one for clips, or the
 * other way round, does not suffice then.
 */
export function givesConfig(configs: ModelConfigs, clips: boolean, all: boolean): boolean {
  const found = chosenConfig(configs, clips);
  if (found === undefined || found.instead && !all) return false;
  return (classNamed(found, configs) ?? ownCodeIn(found.own, found)) !== undefined;
}

/** The list of what a model without a config for pictures lacks, after "holds". */
const NO_PICTURES = "no preprocessor_config.json, no processor_config.json with an image_processor and no " +
  "video_preprocessor_config.json";

/** The list of what a model without a config for clips lacks. */
const NO_CLIPS =
  "no video_preprocessor_config.json, no processor_config.json with a video_processor and no " +
  "preprocessor_config.json";

/** The fields that name the class for pictures, and the class for clips. */
const PICTURES = "image_processor_type", CLIPS = "video_processor_type";

/** One of these fields. */
type Field = typeof PICTURES | typeof CLIPS;

/** The entry of `auto_map` that names code for pictures, and the one that names code for clips. */
const OWN_CODE = { [PICTURES]: "AutoImageProcessor", [CLIPS]: "AutoVideoProcessor" };

/** The entries of `auto_map` that may name code for them among other things. */
const OWN_PROCESSORS = ["AutoFeatureExtractor", "AutoProcessor"];

/** A config, and the file that is put around it. */
interface ChosenConfig {
  readonly own: JsonObject;
  readonly around?: JsonObject;
  /** The names of the two, the config's first. */
  readonly names: readonly ConfigName[];
  /** The field that names the class. */
  readonly field: Field;
  /** True for a config for pictures in place of one for clips, or the other way round. */
  readonly instead: boolean;
}

function chosenConfig(configs: ModelConfigs, clips: boolean): ChosenConfig | undefined {
  const around = configs["processor_config.json"], field = clips ? CLIPS : PICTURES;
  const nested = around?.[clips ? "video_processor" : "image_processor"];
  if (isObject(nested)) {
    return { own: nested, around, names: ["processor_config.json"], field, instead: false };
  }
  const names: ConfigName[] = ["preprocessor_config.json", "video_preprocessor_config.json"];
  const name = (clips ? names.reverse() : names).find((name) => configs[name] !== undefined);
  if (name === undefined) return undefined;
  const own = configs[name]!, instead = name !== names[0];
  if (!clips && instead) return { own, names: [name], field: CLIPS, instead };
  return { own, around, names: around ? [name, "processor_config.json"] : [name], field, instead };
}

/** Puts the fields of the file around a config around it. */
function within(own: JsonObject, around: JsonObject | undefined): JsonObject {
  return around === undefined ? own : { ...around, image_processor: own };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The class that a config names itself: for what is asked for, or else for the other. */
function classIn(config: JsonObject, field: Field): string | undefined {
  return [config[field], config[CLIPS], config[PICTURES]].find((value) => typeof value === "string");
}

function isNamedTwice(config: JsonObject): boolean {
  return [CLIPS, PICTURES].every((field) => typeof config[field] === "string");
}

/** The class that a model's `config.json` tells. */
function classInModel(configs: ModelConfigs, field: Field): string | undefined {
  const model = configs["config.json"] ?? {};
  if (field === CLIPS) {
    const named = model[CLIPS];
    return typeof named === "string" ? named : clipsClassOfModelType(model.model_type);
  }
  return classIn(model, PICTURES) ?? classOfModelType(model.model_type);
}

/**
 * The class that belongs to one that a config names: that for clips to one for pictures, and that for
 * pictures to a feature extractor.
 */
function classBeside({ own, field }: ChosenConfig): string | undefined {
  if (field === CLIPS) return classIn(own, field)?.replace("ImageProcessor", "VideoProcessor");
  const extractor = own.feature_extractor_type;
  return typeof extractor === "string" ? extractor.replace("FeatureExtractor", "ImageProcessor") : undefined;
}

/**
 * The code that an `auto_map` names: a module and a class, such as `processing_x.XProcessor`. An entry is
 * that text, a list of two of them, or an object of them by backend.
 */
function ownCodeIn(
  config: JsonObject | undefined,
  { field }: ChosenConfig,
  more: readonly string[] = [],
): string | undefined {
  const map = config?.auto_map;
  if (!isObject(map)) return undefined;
  const values = [OWN_CODE[field], ...more].map((name) => map[name])
    .flatMap((value) => typeof value === "object" && value !== null ? Object.values(value) : [value]);
  return values.find((value) => typeof value === "string");
}

/** The class of a config, by its own word, or by what else the model says. */
function classNamed(found: ChosenConfig, configs: ModelConfigs): string | undefined {
  const { own, around, field } = found, class_ = classIn(own, field), beside = classBeside(found);
  if (field === CLIPS) {
    if (typeof own[CLIPS] === "string") return class_;
    if (ownCodeIn(own, found) !== undefined) return classInModel(configs, CLIPS);
    if (beside !== undefined && hasFamily(beside)) return beside;
    return classInModel(configs, CLIPS) ?? beside?.replace(/(Fast|Pil)$/, "");
  }
  if (class_ !== undefined || ownCodeIn(own, found) !== undefined) return class_;
  return beside ?? classInModel(configs, field) ??
    classOfProcessor(own.processor_class ?? around?.processor_class);
}

/**
 * @throws {VitrailError} `recipe` where there is no class, and where it is none of those here and code comes
 * with the model.
 */
function requireOurs(
  named: string | undefined,
  found: ChosenConfig,
  configs: ModelConfigs,
  what: string,
): void {
  if (named !== undefined && hasFamily(named)) return;
  const { own, around, field } = found;
  const code = [own, around, configs["config.json"]]
    .map((file) => ownCodeIn(file, found, OWN_PROCESSORS))
    .find((code) => code !== undefined);
  if (code !== undefined) {
    const seen = field === CLIPS ? "clips" : "pictures";
    throw new VitrailError(
      "recipe",
      `${what} prepares its ${seen} by code of its own, ${code}, which is not run here; if a class of ` +
        `transformers makes the same of them, choose it by --set ${field}=CLASS, or in code by ` +
        `{ changes: { ${field}: CLASS } }; vitrail recipes lists the classes`,
    );
  }
  if (named !== undefined) return; // recipeFromConfig says which names are near
  const model = configs["config.json"], type = model?.model_type;
  throw new VitrailError(
    "recipe",
    `${what} has no ${field} in its ${found.names[0]}, no processor_class that tells it, and ` +
      (model === undefined
        ? "no config.json with a model_type"
        : type === undefined
        ? "no model_type in its config.json"
        : `in its config.json the model_type ${shown(type)}, which gives none`) +
      `; choose the class by --set ${field}=CLASS`,
  );
}
