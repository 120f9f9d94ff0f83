import type { AlcoveRecipes } from "../family.ts";
import { chmV2 } from "./chmv2.ts";
import { clip } from "./clip.ts";
import { convNext } from "./convnext.ts";
import { deepseekVlHybrid } from "./deepseek_vl_hybrid.ts";
import { dinoV3 } from "./dinov3_vit.ts";
import { emu3 } from "./emu3.ts";
import { flava } from "./flava.ts";
import { deepseekVl, janus } from "./janus.ts";
import { llava } from "./llava.ts";
import { blip, chameleon, chineseClip, idefics, pi0, ppChart2Table, tipsV2, vit } from "./plain_encoders.ts";
import { siglip } from "./siglip.ts";
import { videoLlava } from "./video_llava.ts";

/** The recipes of families whose pictures become squares. */
export const SQUARE_RECIPES: AlcoveRecipes = {
  clip,
  siglip,
  llava,
  blip,
  chameleon,
  chinese_clip: chineseClip,
  chmv2: chmV2,
  convnext: convNext,
  deepseek_vl: deepseekVl,
  deepseek_vl_hybrid: deepseekVlHybrid,
  dinov3_vit: dinoV3,
  emu3,
  flava,
  idefics,
  janus,
  pi0,
  tipsv2: tipsV2,
  video_llava: videoLlava,
  vit,
  pp_chart2table: ppChart2Table,
};
