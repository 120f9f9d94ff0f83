/**
 * Vitrail: batches of pictures, of any number and any sizes, as exactly the tensors that multi-image vision-language
 * models are trained on and served with.
 *
 * @module
 */

export { type Backend, DEFAULT_MEMORY, Engine, type EngineOptions, type RunOptions } from "./src/engine.ts";
export { Batch } from "./src/engine/batch.ts";
export type { Call } from "./src/engine/call.ts";
export type { Resized, ResizeOptions } from "./src/engine/resize.ts";
export type { Spliced, SpliceOptions } from "./src/engine/splice.ts";
export type { SpliceArray, SpliceDtype, SpliceInput } from "./src/engine/splice_inputs.ts";
export {
  asImageProcessor,
  type ImageInputs,
  type ImageProcessor,
  type ImageProcessorOptions,
  type RawImages,
  type TensorClass,
} from "./src/engine/image_processor.ts";
export type { RawImage } from "./src/engine/raw_image.ts";
export type { Arrangeable, Arranged } from "./src/engine/rearrange.ts";
export { type ElementArrays, Tensor, type TensorData } from "./src/engine/tensor.ts";
export type { Verification } from "./src/engine/verify.ts";
export { type ErrorCode, VitrailError } from "./src/errors.ts";
export type { Picture } from "./src/codecs/picture.ts";
export { type Dtype, type Plan, type PlannedImage, planSample } from "./src/plan/plan.ts";
export type { Box, Point, Size } from "./src/plan/geometry.ts";
export { boxThrough } from "./src/plan/matrix.ts";
export { boxIn, type TilePlace, tilesOf } from "./src/plan/tile_places.ts";
export type { Filter } from "./src/plan/filters.ts";
export type { IntegerOutput, IntegerType } from "./src/plan/integers.ts";
export type { Normalisation, Rgb } from "./src/plan/values.ts";
export { planSplice, type SplicedImage, type SplicePlan, type SpliceShapes } from "./src/plan/splice.ts";
export { type CustomOptions, customRecipe } from "./src/recipes/custom.ts";
export {
  type HdOptions,
  ixc2,
  ixc24khd,
  ixc25,
  ixc25Image,
  type Ixc25ImageOptions,
  ixc25Video,
  type Ixc25VideoOptions,
  type Ixc2Options,
} from "./src/recipes/ixc.ts";
export { recipeFromConfig } from "./src/recipes/processors/config.ts";
export type { ProcessorRecipe, Recipe, TiledRecipe } from "./src/recipes/recipe.ts";
export { recipe, type RecipeInfo, RECIPES } from "./src/recipes/registry.ts";
export {
  batchOf,
  type BoolTensor,
  collate,
  type Collated,
  type CollateOptions,
  type LongTensor,
} from "./src/sft/collate.ts";
export { readChatTemplate } from "./src/sft/chat_template_file.ts";
export { conv2prompt, conv2text } from "./src/sft/conv2text.ts";
export { type JinjaOptions, jinjaTemplate } from "./src/sft/jinja_template.ts";
export { readShard, type ShardPicture, type ShardSample } from "./src/sft/shard.ts";
export { PLACEHOLDER, type SampleContext, textOf } from "./src/sft/placeholders.ts";
export { type CollateSample, type PictureSpan, type Row, rowOf, type RowOptions } from "./src/sft/row.ts";
export { type Sample, sampleOf, type Turn } from "./src/sft/sample.ts";
export {
  type Rendered,
  type Role,
  type Template,
  type TextSpan,
  type TurnMarks,
} from "./src/sft/template.ts";
export type { Tokenizer } from "./src/sft/tokenizer.ts";
export { readTokenizer, type TokenizerFile } from "./src/sft/tokenizer_file.ts";
