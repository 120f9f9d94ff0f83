import type { AlcoveRecipes } from "../family.ts";
import { cosmos3EdgeVideo } from "./cosmos3_edge_video.ts";
import { ernie45VlMoeVideo } from "./ernie4_5_vl_moe_video.ts";
import { gemma4UnifiedVideo, gemma4Video } from "./gemma4_video.ts";
import { glm46vVideo, glm4vVideo, glmgaVideo } from "./glm4v_video.ts";
import { glm5NextVideo } from "./glm5_next_video.ts";
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

/** The recipes of families of clips. */
export const CLIP_RECIPES: AlcoveRecipes = {
  qwen2_vl: qwen2VlVideo,
  qwen3_vl: qwen3VlVideo,
  glm4v: glm4vVideo,
  glm46v: glm46vVideo,
  glmga: glmgaVideo,
  internvl: internVlVideo,
  llava_onevision: llavaOnevisionVideo,
  llava_next_video: llavaNextVideo,
  video_llava: videoLlavaVideo,
  instructblipvideo: instructBlipVideo,
  smolvlm: smolVlmVideo,
  pe_video: peVideo,
  perception_lm: perceptionLmVideo,
  cohere_compass: cohereCompassVideo,
  cosmos3_edge: cosmos3EdgeVideo,
  minimax_m3_vl: miniMaxM3VlVideo,
  glm5_next: glm5NextVideo,
  kimi_k25: kimiK25Video,
  muse_glimmer: museGlimmerVideo,
  ernie4_5_vl_moe: ernie45VlMoeVideo,
  video_llama_3: videoLlama3Video,
  gemma4: gemma4Video,
  gemma4_unified: gemma4UnifiedVideo,
  minicpmv4_6: miniCpmV46Video,
};
