import type { AlcoveRecipes } from "../family.ts";
import { aria } from "./aria.ts";
import { cohere2Vision } from "./cohere2_vision.ts";
import { deepseekOcr2 } from "./deepseek_ocr2.ts";
import { gemma3 } from "./gemma3.ts";
import { gemma4, gemma4Unified } from "./gemma4.ts";
import { gotOcr2 } from "./got_ocr2.ts";
import { idefics2 } from "./idefics2.ts";
import { idefics3, smolVlm } from "./idefics3.ts";
import { inkling } from "./inkling.ts";
import { lfm2Vl } from "./lfm2_vl.ts";
import { llama4 } from "./llama4.ts";
import { llavaNext } from "./llava_next.ts";
import { llavaOnevision } from "./llava_onevision.ts";
import { miniCpmV46 } from "./minicpmv4_6.ts";
import { mllama } from "./mllama.ts";
import { ovis2 } from "./ovis2.ts";
import { perceptionLm } from "./perception_lm.ts";
import { phi4Multimodal } from "./phi4_multimodal.ts";
import { step3p7 } from "./step3p7.ts";

/** The recipes of families that cut pictures into tiles. */
export const TILE_RECIPES: AlcoveRecipes = {
  llava_next: llavaNext,
  llava_onevision: llavaOnevision,
  got_ocr2: gotOcr2,
  ovis2,
  aria,
  idefics2,
  idefics3,
  smolvlm: smolVlm,
  gemma3,
  mllama,
  cohere2_vision: cohere2Vision,
  deepseek_ocr2: deepseekOcr2,
  gemma4,
  gemma4_unified: gemma4Unified,
  inkling,
  lfm2_vl: lfm2Vl,
  llama4,
  minicpmv4_6: miniCpmV46,
  perception_lm: perceptionLm,
  phi4_multimodal: phi4Multimodal,
  step3p7,
};
