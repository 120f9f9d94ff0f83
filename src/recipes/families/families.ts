import { aria } from "./tiles/aria.ts";
import { chmV2 } from "./squares/chmv2.ts";
import { convNext } from "./squares/convnext.ts";
import { deepseekVlHybrid } from "./squares/deepseek_vl_hybrid.ts";
import { dinoV3 } from "./squares/dinov3_vit.ts";
import { emu3 } from "./squares/emu3.ts";
import type { Family } from "./family.ts";
import { flava } from "./squares/flava.ts";
import { videoLlava } from "./squares/video_llava.ts";
import { deepseekVl, janus } from "./squares/janus.ts";
import { blip, chameleon, chineseClip, idefics, pi0, tipsV2, vit } from "./squares/plain_encoders.ts";
import { clip } from "./squares/clip.ts";
import { gemma3 } from "./tiles/gemma3.ts";
import { glm4v } from "./patches/glm4v.ts";
import { gotOcr2 } from "./tiles/got_ocr2.ts";
import { idefics2 } from "./tiles/idefics2.ts";
import { idefics3, smolVlm } from "./tiles/idefics3.ts";
import { llava } from "./squares/llava.ts";
import { llavaNext } from "./tiles/llava_next.ts";
import { llavaOnevision } from "./tiles/llava_onevision.ts";
import { mllama } from "./tiles/mllama.ts";
import { ovis2 } from "./tiles/ovis2.ts";
import { paddleOcrVl } from "./patches/paddleocr_vl.ts";
import { PATCH_FAMILIES } from "./patches/patch_families.ts";
import { pixtral } from "./patches/pixtral.ts";
import { qwen2Vl } from "./patches/qwen2_vl.ts";
import { siglip } from "./squares/siglip.ts";
import { siglip2 } from "./patches/siglip2.ts";
import { DOCUMENT_FAMILIES } from "./documents/document_families.ts";
import { TILE_FAMILIES } from "./tiles/tile_families.ts";

/** Every family, in the order in which they are listed. */
export const FAMILIES: readonly Family[] = [
  {
    name: "qwen2_vl",
    models: "Qwen2-VL, 2.5-VL, 3-VL, 3.5, Omni; ColQwen",
    types: ["Qwen2VLImageProcessor", "Qwen2_5_VLImageProcessor", "Qwen3VLImageProcessor"],
    make: qwen2Vl,
  },
  {
    name: "clip",
    models: "CLIP, Florence-2 and what takes its pictures",
    types: ["CLIPImageProcessor"],
    make: clip,
  },
  {
    name: "siglip",
    models: "SigLIP, PaliGemma, Gemma 3n, ColPali",
    types: ["SiglipImageProcessor"],
    make: siglip,
  },
  {
    name: "llava",
    models: "LLaVA-1.5, and what takes pictures padded to a square",
    types: ["LlavaImageProcessor"],
    make: llava,
  },
  {
    name: "llava_next",
    models: "LLaVA-NeXT (1.6), Granite 4 Vision",
    types: ["LlavaNextImageProcessor"],
    passed: { LlavaNextProcessor: { do_pad: true }, Granite4VisionProcessor: { do_pad: true } },
    make: llavaNext,
  },
  {
    name: "llava_onevision",
    models: "LLaVA-OneVision",
    types: ["LlavaOnevisionImageProcessor"],
    make: llavaOnevision,
  },
  {
    name: "got_ocr2",
    models: "InternVL, GOT-OCR2, Aya Vision, Qianfan-OCR",
    types: ["GotOcr2ImageProcessor"],
    passed: {
      AyaVisionProcessor: { crop_to_patches: true },
      GotOcr2Processor: { crop_to_patches: false, min_patches: 1, max_patches: 12 },
      InternVLProcessor: { crop_to_patches: true },
      QianfanOCRProcessor: { crop_to_patches: true },
    },
    make: gotOcr2,
  },
  {
    name: "ovis2",
    models: "Ovis2",
    types: ["Ovis2ImageProcessor"],
    make: ovis2,
  },
  {
    name: "aria",
    models: "Aria",
    types: ["AriaImageProcessor"],
    passed: { AriaProcessor: { max_image_size: 980, split_image: false } },
    make: aria,
  },
  {
    name: "glm4v",
    models: "GLM-4.1V, GLM-4.5V, GLM-4.6V",
    types: ["Glm4vImageProcessor", "Glm46VImageProcessor"],
    make: glm4v,
  },
  {
    name: "paddleocr_vl",
    models: "PaddleOCR-VL",
    types: ["PaddleOCRVLImageProcessor"],
    make: paddleOcrVl,
  },
  {
    name: "idefics2",
    models: "Idefics2",
    types: ["Idefics2ImageProcessor"],
    make: idefics2,
  },
  {
    name: "idefics3",
    models: "Idefics3",
    types: ["Idefics3ImageProcessor"],
    wantsLanczos: true,
    make: idefics3,
  },
  {
    name: "smolvlm",
    models: "SmolVLM, SmolVLM2",
    types: ["SmolVLMImageProcessor"],
    wantsLanczos: true,
    make: smolVlm,
  },
  {
    name: "gemma3",
    models: "Gemma 3, ShieldGemma 2, T5Gemma 2",
    types: ["Gemma3ImageProcessor"],
    passed: {
      Gemma3Processor: {
        do_pan_and_scan: false,
        pan_and_scan_min_crop_size: 256,
        pan_and_scan_max_num_crops: 4,
        pan_and_scan_min_ratio_to_activate: 1.2,
      },
    },
    make: gemma3,
  },
  {
    name: "mllama",
    models: "Llama 3.2 Vision",
    types: ["MllamaImageProcessor"],
    make: mllama,
  },
  {
    name: "pixtral",
    models: "Pixtral, Mistral 3, LightOnOCR",
    types: ["PixtralImageProcessor"],
    make: pixtral,
  },
  {
    name: "siglip2",
    models: "SigLIP 2 NaFlex",
    types: ["Siglip2ImageProcessor"],
    passed: { Siglip2Processor: { max_num_patches: 256, patch_size: 16 } },
    make: siglip2,
  },
  {
    name: "blip",
    models: "BLIP, BLIP-2, InstructBLIP",
    types: ["BlipImageProcessor"],
    make: blip,
  },
  {
    name: "chameleon",
    models: "Chameleon",
    types: ["ChameleonImageProcessor"],
    wantsLanczos: true,
    make: chameleon,
  },
  {
    name: "chinese_clip",
    models: "Chinese-CLIP",
    types: ["ChineseCLIPImageProcessor"],
    make: chineseClip,
  },
  {
    name: "chmv2",
    models: "CHM v2",
    types: ["CHMv2ImageProcessor"],
    backends: ["torchvision"],
    make: chmV2,
  },
  {
    name: "convnext",
    models: "ConvNeXT, ResNet, RegNet, CvT and what takes their pictures",
    types: ["ConvNextImageProcessor"],
    make: convNext,
  },
  {
    name: "deepseek_vl",
    models: "DeepSeek-VL 1.3B",
    types: ["DeepseekVLImageProcessor"],
    make: deepseekVl,
  },
  {
    name: "deepseek_vl_hybrid",
    models: "DeepSeek-VL 7B",
    types: ["DeepseekVLHybridImageProcessor"],
    make: deepseekVlHybrid,
  },
  {
    name: "dinov3_vit",
    models: "DINOv3",
    types: ["DINOv3ViTImageProcessor"],
    backends: ["torchvision"],
    make: dinoV3,
  },
  {
    name: "emu3",
    models: "Emu3",
    types: ["Emu3ImageProcessor"],
    backends: ["pil"],
    make: emu3,
  },
  {
    name: "flava",
    models: "FLAVA",
    types: ["FlavaImageProcessor"],
    wantsLanczos: true,
    make: flava,
  },
  {
    name: "idefics",
    models: "Idefics",
    types: ["IdeficsImageProcessor"],
    make: idefics,
  },
  {
    name: "janus",
    models: "Janus, Janus-Pro",
    types: ["JanusImageProcessor"],
    make: janus,
  },
  {
    name: "pi0",
    models: "PI0",
    types: ["PI0ImageProcessor"],
    backends: ["torchvision"],
    make: pi0,
  },
  {
    name: "tipsv2",
    models: "TIPS v2",
    types: ["Tipsv2ImageProcessor"],
    backends: ["torchvision"],
    make: tipsV2,
  },
  {
    name: "video_llava",
    models: "Video-LLaVA",
    types: ["VideoLlavaImageProcessor"],
    backends: ["pil"],
    make: videoLlava,
  },
  {
    name: "vit",
    models: "ViT, Swin and what takes their pictures",
    types: ["ViTImageProcessor"],
    make: vit,
  },
  ...PATCH_FAMILIES,
  ...TILE_FAMILIES,
  ...DOCUMENT_FAMILIES,
];
