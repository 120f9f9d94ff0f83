import type { AlcoveRecipes } from "../family.ts";
import { cohereCompass } from "./cohere_compass.ts";
import { cosmos3Edge } from "./cosmos3_edge.ts";
import { ernie45VlMoe } from "./ernie4_5_vl_moe.ts";
import { glm4v } from "./glm4v.ts";
import { glm5Next } from "./glm5_next.ts";
import { glmImage } from "./glm_image.ts";
import { glmga } from "./glmga.ts";
import { hunyuanVl } from "./hunyuan_vl.ts";
import { kimiK25 } from "./kimi_k25.ts";
import { miniMaxM3Vl } from "./minimax_m3_vl.ts";
import { museGlimmer } from "./muse_glimmer.ts";
import { neoMme } from "./neomme.ts";
import { paddleOcrVl } from "./paddleocr_vl.ts";
import { pixtral } from "./pixtral.ts";
import { qwen2Vl } from "./qwen2_vl.ts";
import { siglip2 } from "./siglip2.ts";
import { videoLlama3 } from "./video_llama_3.ts";

/** The recipes of families whose rows are patches. */
export const PATCH_RECIPES: AlcoveRecipes = {
  qwen2_vl: qwen2Vl,
  glm4v,
  paddleocr_vl: paddleOcrVl,
  pixtral,
  siglip2,
  cohere_compass: cohereCompass,
  cosmos3_edge: cosmos3Edge,
  ernie4_5_vl_moe: ernie45VlMoe,
  glm5_next: glm5Next,
  glm_image: glmImage,
  glmga,
  hunyuan_vl: hunyuanVl,
  kimi_k25: kimiK25,
  minimax_m3_vl: miniMaxM3Vl,
  muse_glimmer: museGlimmer,
  neomme: neoMme,
  video_llama_3: videoLlama3,
};
