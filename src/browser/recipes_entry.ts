/**
 * The engine for a page, with every recipe. The code of transformers' processors is fetched when `loadRecipe`
 * asks for it.
 *
 * @module
 */

export * from "./engine_entry.ts";
export { loadRecipe } from "./load_recipe.ts";
export { sampleFrames } from "../recipes/sample_frames.ts";
