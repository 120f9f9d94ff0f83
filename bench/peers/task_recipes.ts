import { ixc24khd } from "../../src/recipes/tiled/ixc.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { MOST_TILES, QWEN_CONFIG } from "./work.ts";

/** Vitrail's recipes, by task. Pillow resizes for the peer, and so it does here. */
export const TASK_RECIPES = {
  hd: ixc24khd({ hdNum: MOST_TILES }),
  qwen: recipeFromConfig(QWEN_CONFIG, { backend: "pil" }),
};
