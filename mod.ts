/**
 * Vitrail turns batches of pictures, of any number and any sizes, into exactly the tensors that multi-image
 * vision-language models are trained on and served with.
 *
 * @module
 */

export type { Picture, RawPixels } from "./src/codecs/picture.ts";
export type { CacheCounts } from "./src/engine/cache/row_cache.ts";
export type { Call } from "./src/engine/call.ts";
export type { ConversationOptions } from "./src/engine/conversation/conversation_options.ts";
export {
  type ConversationPlan,
  type MediaRecipes,
  planConversation,
} from "./src/engine/conversation/plan_conversation.ts";
export type { ClipSource } from "./src/engine/clip_source.ts";
export type { SizeOptions } from "./src/engine/conversation/media.ts";
export { Engine } from "./src/engine/engine.ts";
export type { Destination, ExecutorName } from "./src/engine/executor.ts";
export {
  DEFAULT_MEMORY,
  type EngineOptions,
  type ExecutorChoice,
  type RunOptions,
} from "./src/engine/options.ts";
export type { Arrangeable, Arranged } from "./src/engine/rearrange_tensor.ts";
export type { Resized, ResizeOptions } from "./src/engine/resize.ts";
export { Batch } from "./src/engine/results/batch.ts";
export { type ElementArrays, Tensor, type TensorData } from "./src/engine/results/tensor.ts";
export type { SlowPicture } from "./src/engine/run/slow_pictures.ts";
export type { StreamItem } from "./src/engine/run/stream.ts";
export type { OnnxType } from "./src/engine/results/onnx_types.ts";
export type { WorkClock, WorkKind } from "./src/engine/run/work_clock.ts";
export type { Spliced, SpliceOptions } from "./src/engine/splice/splice.ts";
export type { SpliceArray, SpliceInput } from "./src/engine/splice/splice_inputs.ts";
export { planSplice, type SplicedImage, type SplicePlan } from "./src/engine/splice/splice_plan.ts";
export type { SpliceShapes } from "./src/engine/splice/splice_shapes.ts";
export type { DevicePart, SpliceDtype } from "./src/engine/splice/splice_work.ts";
export type { Verification } from "./src/engine/verify/compare.ts";
export { type ErrorCode, VitrailError } from "./src/errors.ts";
export type { DeviceBytes } from "./src/gpu/device/readback.ts";
export type { DeviceRows } from "./src/gpu/device_rows.ts";
export {
  type HubModel,
  hubModel,
  type ModelSource,
  recipeFromHub,
  type SourceFile,
} from "./src/hub/hub_model.ts";
export type { HubOptions } from "./src/hub/hub_settings.ts";
export type { ModelFileName } from "./src/hub/model_files.ts";
export type { ModelTexts } from "./src/hub/model_texts.ts";
export {
  type OrtArray,
  type OrtTensor,
  type OrtTensorClass,
  sessionFeatures,
  sessionInputs,
} from "./src/onnxruntime/session_tensors.ts";
export type { CallFacts, Composer } from "./src/plan/composer.ts";
export type { ClipFrames } from "./src/plan/clip_frames.ts";
export type { DerivedOutput } from "./src/plan/derived.ts";
export type { Dtype, Elements, IntegerType } from "./src/plan/dtype.ts";
export type { Box, Point, Size } from "./src/plan/geometry.ts";
export type { ImageText, TextPart, TokenGrid } from "./src/plan/image_text.ts";
export type { ImageFacts } from "./src/plan/images/image_facts.ts";
export type { GridPositions, IntegerOutput, LeadingOnes, MaskOnes } from "./src/plan/integers.ts";
export { type Affine, boxThrough } from "./src/plan/matrix.ts";
export type { OutputRows } from "./src/plan/output_rows.ts";
export type { OutputShape, Plan, PlannedImage } from "./src/plan/plan.ts";
export type { AlphaTreatment, ParameterValue, Preprocessing } from "./src/plan/preprocessing.ts";
export type { Filter } from "./src/plan/tables/filters.ts";
export type { Resampler } from "./src/plan/tables/resampler.ts";
export type { Backend, BackendChoice } from "./src/recipes/backend.ts";
export type { Standard } from "./src/plan/tables/standard.ts";
export type { Normalisation, Rgb } from "./src/plan/tables/values.ts";
export { boxIn, type TilePlace, tilesOf } from "./src/plan/tile_places.ts";
export type {
  BlankView,
  CanvasView,
  Fill,
  GlobalView,
  Mark,
  PixelSource,
  Placement,
  Target,
  View,
} from "./src/plan/view.ts";
export { recipeFromConfig } from "./src/recipes/config.ts";
export { planInSlices } from "./src/recipes/plan_in_slices.ts";
export { planSample } from "./src/recipes/plan_sample.ts";
export { type SampledFrames, sampleFrames, type SampleFramesOptions } from "./src/recipes/sample_frames.ts";
export type { ClipTiming, KnownTiming, Sampler, SamplingFields } from "./src/recipes/videos/clip_timing.ts";
export type { FrameSampling } from "./src/recipes/videos/frame_sampling.ts";
export type { Composing, ProcessorRecipe, Recipe } from "./src/recipes/recipe.ts";
export { type ParameterInfo, recipe, type RecipeInfo, RECIPES } from "./src/recipes/registry.ts";
export { type CustomOptions, customRecipe } from "./src/recipes/tiled/custom.ts";
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
} from "./src/recipes/tiled/ixc.ts";
export type {
  FixedGeometry,
  Geometry,
  HdGeometry,
  StripGeometry,
  TiledRecipe,
  TokenLayout,
} from "./src/recipes/tiled/tiled_recipe.ts";
export {
  type ClipTimes,
  type MessageFields,
  type Sample,
  type SampleObjects,
  sampleOf,
  type ToolCall,
  type Turn,
} from "./src/sft/data/sample.ts";
export { readPacks, type ShardPack } from "./src/sft/shards/read_packs.ts";
export type { PackedRow } from "./src/sft/shards/read_tokens.ts";
export { readShard, type ShardPicture, type ShardSample } from "./src/sft/shards/read_shard.ts";
export { readChatTemplate } from "./src/sft/text/chat_template_file.ts";
export {
  batchOf,
  type BoolTensor,
  collate,
  type Collated,
  type CollateOptions,
} from "./src/sft/text/collate.ts";
export { conv2prompt, conv2text } from "./src/sft/text/conv2text.ts";
export { type JinjaOptions, jinjaTemplate } from "./src/sft/text/jinja_template.ts";
export type { Learn } from "./src/sft/text/learnt_turns.ts";
export { PLACEHOLDER, type SampleContext, textOf } from "./src/sft/text/placeholders.ts";
export type { TextRow } from "./src/sft/text/sample_text.ts";
export type { Rendered, Role, Template, TextSpan, TurnMarks } from "./src/sft/text/template.ts";
export {
  type CollateSample,
  type PictureSpan,
  type TextTokens,
  type TokenRow,
  tokenRowOf,
  type TokenRowOptions,
} from "./src/sft/text/token_row.ts";
export { type ChatTemplate, chatTemplate, type ChatTemplateOptions } from "./src/text/chat_template.ts";
export type { TextInputs } from "./src/text/text_inputs.ts";
export type { CrossAttentionMask } from "./src/text/cross_attention.ts";
export { expandIds } from "./src/text/expansion/expand_ids.ts";
export type { ExpandedText, ImageSpan } from "./src/text/expansion/expanded_row.ts";
export { expandText } from "./src/text/expansion/expand_text.ts";
export type { ExpansionNames } from "./src/text/expansion/image_marks.ts";
export type { LongTensor, PadSide } from "./src/text/long_tensor.ts";
export type { Message, MessagePart } from "./src/text/messages.ts";
export {
  positionIds,
  type PositionOptions,
  type Positions,
  type PositionTensor,
} from "./src/text/positions/position_ids.ts";
export {
  type RecipeFacts,
  type Rope,
  ropeOfModel,
  ropeOfRecipe,
  type RopeRule,
} from "./src/text/positions/rope_rule.ts";
export type { GridImage, PositionRow } from "./src/text/positions/token_runs.ts";
export { readTokenizer } from "./src/text/read_tokenizer.ts";
export { type Tokenizer, type TokenizerFile, tokenizerOf } from "./src/text/tokenizer_file.ts";
export {
  asImageProcessor,
  type ImageInputs,
  type ImageProcessor,
  type ImageProcessorOptions,
  type RawImage,
  type RawImages,
  type TensorClass,
} from "./src/transformers_js.ts";
