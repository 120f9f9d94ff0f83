import { VitrailError } from "../../errors.ts";
import { isCount } from "../../recipes/fields.ts";
import { takesClips } from "../../recipes/recipe.ts";
import type { Arguments, Flag } from "./arguments.ts";
import { type ChosenRecipe, chosenRecipe } from "./recipe_flags.ts";

/** The flag `--fps`. */
export const FPS_FLAG: Flag = {
  name: "fps",
  value: "RATE",
  text: "with a recipe of clips: frames a second of the clip, of which those are taken that its class takes",
};

/** The flags that describe a clip. */
export const CLIP_FLAGS: readonly Flag[] = [
  {
    name: "frames",
    value: "COUNT",
    text: "plan a clip of that many frames, as large as a size says; without one, print the frames it takes",
  },
  FPS_FLAG,
];

/**
 * Returns the rate that `--fps` gives.
 * @throws {VitrailError} `usage` where it is no number above 0.
 */
export function fpsOf(args: Arguments): number | undefined {
  const text = args.text("fps");
  if (text === undefined) return undefined;
  const fps = Number(text);
  if (/^[0-9.]+$/.test(text) && Number.isFinite(fps) && fps > 0) return fps;
  throw new VitrailError("usage", `--fps is a number of frames a second, above 0, found "${text}"`);
}

/**
 * Returns the count of frames that `--frames` gives.
 * @throws {VitrailError} `usage` where it is no whole number above 0.
 */
export function framesOf(args: Arguments): number | undefined {
  const text = args.text("frames");
  if (text === undefined) return undefined;
  if (isCount(Number(text))) return Number(text);
  throw new VitrailError("usage", `--frames is a whole number of frames, above 0, found "${text}"`);
}

/**
 * Returns the recipe of clips that the flags name: of a model, that of its config for clips.
 * @throws {VitrailError} `usage` for a recipe that takes pictures; what `chosenRecipe` throws.
 */
export async function chosenClips(args: Arguments): Promise<ChosenRecipe> {
  const chosen = await chosenRecipe(args, true);
  if (takesClips(chosen.recipe)) return chosen;
  throw new VitrailError(
    "usage",
    `${chosen.recipe.name} takes pictures; for a clip give --recipe a video_preprocessor_config.json, or a ` +
      "model that has one",
  );
}
