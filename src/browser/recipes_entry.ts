/**
 * The engine for a page, with every recipe: those of transformers' processors, by their configs, too.
 *
 * @module
 */

export * from "./engine_entry.ts";
export { recipeFromConfig } from "../recipes/config.ts";
export { sampleFrames } from "../recipes/sample_frames.ts";
