/**
 * The engine for a page, with every recipe: those of transformers' processors, by their
 * configs, too, whose code is fetched when it is asked for.
 *
 * @module
 */

export * from "./engine_entry.ts";
export { loadRecipe } from "./load_recipe.ts";
export { sampleFrames } from "../recipes/sample_frames.ts";
