import type { Fields } from "../../fields.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import type { PassedFields } from "../family.ts";
import { cosmos3EdgeVideo } from "./cosmos3_edge_video.ts";
import { ernie45VlMoeVideo } from "./ernie4_5_vl_moe_video.ts";
import { gemma4UnifiedVideo, gemma4Video } from "./gemma4_video.ts";
import { glm5NextVideo } from "./glm5_next_video.ts";
import { glm46vVideo, glm4vVideo, glmgaVideo } from "./glm4v_video.ts";
import { kimiK25Video } from "./kimi_k25_video.ts";
import { llavaOnevisionVideo } from "./llava_onevision_video.ts";
import { miniCpmV46Video } from "./minicpmv4_6_video.ts";
import { miniMaxM3VlVideo } from "./minimax_m3_vl_video.ts";
import { museGlimmerVideo } from "./muse_glimmer_video.ts";
import { peVideo } from "./pe_video.ts";
import {
  instructBlipVideo,
  internVlVideo,
  llavaNextVideo,
  perceptionLmVideo,
  videoLlavaVideo,
} from "./plain_videos.ts";
import { qwen2VlVideo } from "./qwen2_vl_video.ts";
import { cohereCompassVideo, qwen3VlVideo } from "./qwen3_vl_video.ts";
import { smolVlmVideo } from "./smolvlm_video.ts";
import { videoLlama3Video } from "./video_llama_3_video.ts";

/** A family of clips: one Python class for videos under all the names that configs give it. */
export interface VideoFamily {
  /** The name of its recipes. */
  name: string;
  /** The models that it prepares clips for. */
  models: string;
  /** `video_processor_type`. */
  types: readonly string[];
  /**
   * The fields that a model's processor passes to its video class in each call, whatever the config says.
   * Source: transformers `processing_*.py` of each model, `_defaults`.
   */
  passed?: PassedFields;
  /** Reads a config's fields and makes its recipe. */
  make(fields: Fields): ProcessorRecipe;
}

/** Every family of clips, in the order in which they are listed. All of them are torchvision's alone. */
export const VIDEO_FAMILIES: readonly VideoFamily[] = [
  {
    name: "qwen2_vl",
    models: "Qwen2-VL, Qwen2.5-VL",
    types: ["Qwen2VLVideoProcessor"],
    passed: {
      Qwen2_5OmniProcessor: pixels(128 * 28 * 28, 768 * 28 * 28),
      Qwen3OmniMoeProcessor: pixels(128 * 32 * 32, 768 * 32 * 32),
    },
    make: qwen2VlVideo,
  },
  {
    name: "qwen3_vl",
    models: "Qwen3-VL, Qwen3.5, Qwen3.6",
    types: ["Qwen3VLVideoProcessor"],
    make: qwen3VlVideo,
  },
  { name: "glm4v", models: "GLM-4.1V, GLM-4.5V", types: ["Glm4vVideoProcessor"], make: glm4vVideo },
  { name: "glm46v", models: "GLM-4.6V", types: ["Glm46VVideoProcessor"], make: glm46vVideo },
  { name: "glmga", models: "GLM-GA", types: ["GlmgaVideoProcessor"], make: glmgaVideo },
  { name: "internvl", models: "InternVL3", types: ["InternVLVideoProcessor"], make: internVlVideo },
  {
    name: "llava_onevision",
    models: "LLaVA-OneVision",
    types: ["LlavaOnevisionVideoProcessor"],
    make: llavaOnevisionVideo,
  },
  {
    name: "llava_next_video",
    models: "LLaVA-NeXT-Video",
    types: ["LlavaNextVideoVideoProcessor"],
    make: llavaNextVideo,
  },
  { name: "video_llava", models: "Video-LLaVA", types: ["VideoLlavaVideoProcessor"], make: videoLlavaVideo },
  {
    name: "instructblipvideo",
    models: "InstructBLIP-Video",
    types: ["InstructBlipVideoVideoProcessor"],
    make: instructBlipVideo,
  },
  { name: "smolvlm", models: "SmolVLM2", types: ["SmolVLMVideoProcessor"], make: smolVlmVideo },
  { name: "pe_video", models: "PE-Video", types: ["PeVideoVideoProcessor"], make: peVideo },
  {
    name: "perception_lm",
    models: "Perception LM",
    types: ["PerceptionLMVideoProcessor"],
    make: perceptionLmVideo,
  },
  {
    name: "cohere_compass",
    models: "Cohere Compass",
    types: ["CohereCompassVideoProcessor"],
    make: cohereCompassVideo,
  },
  {
    name: "cosmos3_edge",
    models: "Cosmos3-Edge",
    types: ["Cosmos3EdgeVideoProcessor"],
    make: cosmos3EdgeVideo,
  },
  {
    name: "minimax_m3_vl",
    models: "MiniMax-M3-VL",
    types: ["MiniMaxM3VLVideoProcessor"],
    passed: { MiniMaxM3VLProcessor: { do_resize: false } },
    make: miniMaxM3VlVideo,
  },
  { name: "glm5_next", models: "GLM-5 Next", types: ["Glm5NextVideoProcessor"], make: glm5NextVideo },
  { name: "kimi_k25", models: "Kimi K2.5", types: ["Kimi_K25VideoProcessor"], make: kimiK25Video },
  {
    name: "muse_glimmer",
    models: "Muse Glimmer",
    types: ["MuseGlimmerVideoProcessor"],
    make: museGlimmerVideo,
  },
  {
    name: "ernie4_5_vl_moe",
    models: "ERNIE 4.5 VL",
    types: ["Ernie4_5_VLMoeVideoProcessor", "Ernie4_5_VL_MoeVideoProcessor"],
    make: ernie45VlMoeVideo,
  },
  {
    name: "video_llama_3",
    models: "VideoLLaMA 3",
    types: ["VideoLlama3VideoProcessor"],
    make: videoLlama3Video,
  },
  { name: "gemma4", models: "Gemma 4", types: ["Gemma4VideoProcessor"], make: gemma4Video },
  {
    name: "gemma4_unified",
    models: "Gemma 4 unified",
    types: ["Gemma4UnifiedVideoProcessor"],
    make: gemma4UnifiedVideo,
  },
  {
    name: "minicpmv4_6",
    models: "MiniCPM-V 4.6",
    types: ["MiniCPMV4_6VideoProcessor"],
    make: miniCpmV46Video,
  },
];

/** Returns the fields that pass a `size` in pixels. The config's two older names of it then say nothing. */
function pixels(shortest_edge: number, longest_edge: number) {
  return { size: { shortest_edge, longest_edge }, min_pixels: null, max_pixels: null };
}
