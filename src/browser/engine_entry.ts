/**
 * The engine for a page, with the recipes that are not transformers': InternLM-XComposer's and one's own.
 *
 * @module
 */

export type { Picture, RawPixels } from "../codecs/picture.ts";
export { Engine } from "../engine/engine.ts";
export { DEFAULT_MEMORY, type EngineOptions, type RunOptions } from "../engine/options.ts";
export { Batch } from "../engine/results/batch.ts";
export { Tensor } from "../engine/results/tensor.ts";
export { planSplice } from "../engine/splice/splice_plan.ts";
export { type ErrorCode, VitrailError } from "../errors.ts";
export { sessionFeatures, sessionInputs } from "../onnxruntime/session_tensors.ts";
export { boxThrough } from "../plan/matrix.ts";
export { boxIn, tilesOf } from "../plan/tile_places.ts";
export { planSample } from "../recipes/plan_sample.ts";
export { recipe, RECIPES } from "../recipes/registry.ts";
export { customRecipe } from "../recipes/tiled/custom.ts";
export { ixc2, ixc24khd, ixc25, ixc25Image, ixc25Video } from "../recipes/tiled/ixc.ts";
export { framePixels } from "./frame_pixels.ts";
