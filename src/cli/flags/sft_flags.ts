import { join } from "node:path";
import { MAX_PIXELS } from "../../codecs/pixel_limit.ts";
import type { Engine } from "../../engine/engine.ts";
import { VitrailError } from "../../errors.ts";
import { DTYPES } from "../../plan/dtype.ts";
import { takesClips } from "../../recipes/recipe.ts";
import { DATA_FORMATS } from "../../sft/data_formats/data_formats.ts";
import { decidingBy } from "../../sft/data/decisions.ts";
import { Downloads } from "../../sft/data/downloads.ts";
import { Mixture } from "../../sft/data/mixture.ts";
import { PictureFiles } from "../../sft/data/picture_files.ts";
import { PictureRoot } from "../../sft/data/picture_root.ts";
import { pictureSource } from "../../sft/data/picture_source.ts";
import type { ShardOptions } from "../../sft/set/make_shard.ts";
import type { Material } from "../../sft/set/planned_sample.ts";
import type { AskedDtype, SetRecipes } from "../../sft/set/sample_plan.ts";
import type { SetPlan } from "../../sft/set/set_plan.ts";
import type { ShardSize } from "../../sft/set/shard_cutter.ts";
import { VERSION } from "../../report/version.ts";
import type { Arguments, Flag } from "./arguments.ts";
import { PROGRESS_STYLES } from "../output/progress.ts";
import { FOLLOW_FLAGS } from "../queue/queue_flags.ts";
import { FPS_FLAG, fpsOf } from "./clip_flags.ts";
import { bytesOf, ENGINE_FLAGS } from "./engine_flags.ts";
import { PRINT_FLAG } from "./array/launch_flags.ts";
import { SHARD_FLAG } from "./array/part_flags.ts";
import { type ChosenRecipe, chosenRecipe, RECIPE_FLAGS } from "./recipe_flags.ts";
import { DTYPE_FLAG, PICTURE_FLAGS, runOptionsOf } from "./run_flags.ts";
import { TEXT_FLAGS, type TextSettings, textSettingsOf, wholeNumber } from "./text_flags.ts";

/** The flag that says how progress is shown. */
export const PROGRESS_FLAG: Flag = {
  name: "progress",
  value: "HOW",
  choices: PROGRESS_STYLES,
  default: "auto",
  text: "progress on standard error: a bar, a line every half minute, JSON lines, or none; auto is a bar " +
    "where standard error is a terminal, and lines elsewhere",
};

/** The flags of `vitrail sft`. */
export const SFT_FLAGS: readonly Flag[] = [
  ...RECIPE_FLAGS,
  {
    name: "format",
    value: "NAME",
    choices: DATA_FORMATS.map(({ name }) => name),
    text: "format of the data set's records; left out, the records tell it",
  },
  { name: "out", value: "FOLDER", default: "shards", text: "folder for the shards and their manifest" },
  {
    name: "image-root",
    value: "FOLDER",
    default: ".",
    text: "folder that the data set's picture paths are relative to",
  },
  {
    name: "allow-net",
    text:
      "download pictures that are named by http addresses, each 64 MiB and 60 s at most, to OUT/.pictures",
  },
  { name: "allow-outside", text: "also take pictures that lie outside of --image-root" },
  {
    name: "shard-size",
    value: "SIZE",
    default: "512MiB",
    text: "most that a shard of several samples holds, such as 512MiB or 1000samples",
  },
  {
    name: "pack",
    value: "N",
    text: "join samples to training sequences of at most N tokens, by their planned lengths",
  },
  SHARD_FLAG,
  PRINT_FLAG,
  {
    name: "seed",
    value: "N",
    default: "0",
    text: "seed by which samples are drawn for a data.txt, as Python's random.seed(N)",
  },
  {
    ...FPS_FLAG,
    text: "frames a second of clips whose records do not say it; clips are lists of frames, all taken",
  },
  { name: "given-num", text: "read the numbers of a data.txt as thousands of samples, not as ratios" },
  {
    name: "on-error",
    value: "HOW",
    choices: ["fail", "skip"],
    default: "fail",
    text: "fail ends the work at a bad sample; skip leaves it out and lists it in the manifest",
  },
  PROGRESS_FLAG,
  { name: "dry-run", text: "check all that needs no pixels, and write no shards" },
  { name: "html", value: "FILE", text: "write the report of a dry run as a page, too" },
  ...TEXT_FLAGS,
  {
    ...DTYPE_FLAG,
    choices: ["auto", ...DTYPES],
    default: "auto",
    text: "type of the stored elements; auto is u8 where a table gives all values back, else f32; " +
      "recipes of tiles have no global views in u8",
  },
  ...FOLLOW_FLAGS,
  ...ENGINE_FLAGS,
  ...PICTURE_FLAGS,
];

/**
 * Opens the data set at `path` and all else that its samples are made of.
 * @param engine opens the engine, where pixels decide how long a sample is
 * @param onDrawn called with the samples that are drawn so far
 * @throws {VitrailError} `recipe` for a recipe that there is not; `usage` for bad flags; `io` and `dataset`
 * for files that cannot be read or hold something else.
 */
export async function materialOf(
  args: Arguments,
  path: string,
  engine: () => Promise<Engine>,
  onDrawn?: (drawn: number, wanted: number) => void,
): Promise<Material & TextSettings> {
  const chosen = await chosenRecipe(args), fps = fpsOf(args);
  const recipes = { ...await recipesOf(args, chosen), ...(fps !== undefined && { fps }) };
  const texts = await textSettingsOf(args, chosen, recipes), pack = wholeNumber(args, "pack", 1);
  if (pack !== undefined && !texts.tokens) {
    const why = texts.lacking === undefined ? "; give a --tokenizer, too" : `, and ${texts.lacking}`;
    throw new VitrailError("usage", `--pack counts tokens${why}`);
  }
  const root = await PictureRoot.open(args.text("image-root")!, args.on("allow-outside"));
  const { picture } = setOptionsOf(args), { orient, maxPixels, maxBytes } = picture;
  const mixture = await Mixture.open(path, {
    seed: seedOf(args),
    givenNum: args.on("given-num"),
    format: args.text("format"),
    network: args.on("allow-net"),
    onProgress: onDrawn,
  });
  const pictures = new PictureFiles(root, {
    orient,
    maxPixels,
    maxBytes,
    ...(args.on("allow-net") && { downloads: new Downloads(join(args.text("out")!, ".pictures")) }),
  });
  const decide = decidingBy(engine, pictureSource(mixture), picture);
  return { mixture, pictures, recipes, dtype: args.text("dtype") as AskedDtype, decide, ...texts, pack };
}

/**
 * Returns the recipe that the flags name, and beside a model's recipe of pictures the one of its clips, or
 * the reason why there is none.
 */
async function recipesOf(args: Arguments, { recipe, files }: ChosenRecipe): Promise<SetRecipes> {
  if (takesClips(recipe)) return { clips: recipe };
  if (files === undefined) return { pictures: recipe };
  try {
    const { recipe: clips } = await chosenRecipe(args, true);
    return { pictures: recipe, clips };
  } catch (error) {
    if (!(error instanceof VitrailError)) throw error;
    return { pictures: recipe, whyNoClips: error.message };
  }
}

/**
 * Returns the options by which a set is cut and made.
 * @throws {VitrailError} `usage` for a bad value.
 */
export function setOptionsOf(args: Arguments) {
  const { orient = "ignore", alpha, maxPixels = MAX_PIXELS, maxBytes, damaged } = runOptionsOf(args);
  return {
    shardSize: shardSizeOf(args.text("shard-size")!),
    onError: args.text("on-error") as ShardOptions["onError"],
    picture: { orient, alpha, maxPixels, maxBytes, ...(damaged === "keep" && { damaged }) },
  };
}

/**
 * Returns all that decides the bytes of the shards. The paths of data sets and pictures do not. The names,
 * sizes and lengths of pictures do, by the plan's checksum. `--on-error` does not: where it fails there is no
 * shard. The executor does not: all of them give the same bytes. `--max-bytes` does not: it refuses or
 * passes.
 */
export function decisiveArguments(
  args: Arguments,
  { mixture, recipes, pack, decisive }: Material & TextSettings,
  plan: Pick<SetPlan, "layout" | "sha256">,
): Record<string, unknown> {
  const { shardSize, picture: { maxBytes: _, ...picture } } = setOptionsOf(args);
  return {
    vitrail: VERSION,
    data: mixture.files.map(({ data: { sha256, format }, amount }) => ({
      sha256,
      amount: amount ?? null,
      format: format.name,
    })),
    seed: seedOf(args),
    givenNum: args.on("given-num"),
    recipe: recipes.pictures ?? null,
    clipsRecipe: recipes.clips ?? null,
    ...(recipes.fps !== undefined && { fps: recipes.fps }),
    dtype: plan.layout.dtype,
    ...decisive,
    ...(pack !== undefined && { pack }),
    shardSize,
    ...picture,
    pictures: plan.sha256,
  };
}

function shardSizeOf(text: string): ShardSize {
  const samples = /^([1-9]\d*) ?samples?$/.exec(text)?.[1];
  if (samples !== undefined) return { samples: Number(samples) };
  if (/^\d+(\.\d+)?\s*[kmg]?i?b$/i.test(text)) {
    const bytes = bytesOf("shard-size", text)!;
    if (bytes > 0) return { bytes };
  }
  throw new VitrailError("usage", `--shard-size is a size such as 512MiB, or 1000samples, found "${text}"`);
}

function seedOf(args: Arguments): number {
  const text = args.text("seed")!, seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new VitrailError(
    "usage",
    `--seed is a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, found "${text}"`,
  );
}
