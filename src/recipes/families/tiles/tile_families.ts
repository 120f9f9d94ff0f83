import { cohere2Vision } from "./cohere2_vision.ts";
import { deepseekOcr2 } from "./deepseek_ocr2.ts";
import type { Family } from "../family.ts";
import { gemma4, gemma4Unified } from "./gemma4.ts";
import { inkling } from "./inkling.ts";
import { lfm2Vl } from "./lfm2_vl.ts";
import { llama4 } from "./llama4.ts";
import { miniCpmV46 } from "./minicpmv4_6.ts";
import { perceptionLm } from "./perception_lm.ts";
import { phi4Multimodal } from "./phi4_multimodal.ts";
import { step3p7 } from "./step3p7.ts";

/**
 * The families of tiles and windows, and of patches within a budget of tokens, that came with transformers 5.
 */
export const TILE_FAMILIES: readonly Family[] = [
  {
    name: "cohere2_vision",
    models: "Command A Vision",
    types: ["Cohere2VisionImageProcessor"],
    backends: ["torchvision"],
    make: cohere2Vision,
  },
  {
    name: "deepseek_ocr2",
    models: "DeepSeek-OCR 2",
    types: ["DeepseekOcr2ImageProcessor"],
    passed: { DeepseekOcr2Processor: { crop_to_patches: true, min_patches: 2, max_patches: 6 } },
    make: deepseekOcr2,
  },
  {
    name: "gemma4",
    models: "Gemma 4",
    types: ["Gemma4ImageProcessor"],
    make: gemma4,
  },
  {
    name: "gemma4_unified",
    models: "Gemma 4 unified",
    types: ["Gemma4UnifiedImageProcessor"],
    backends: ["torchvision"],
    make: gemma4Unified,
  },
  {
    name: "inkling",
    models: "Inkling",
    types: ["InklingImageProcessor"],
    backends: ["torchvision"],
    make: inkling,
  },
  {
    name: "lfm2_vl",
    models: "LFM2-VL",
    types: ["Lfm2VlImageProcessor"],
    backends: ["torchvision"],
    make: lfm2Vl,
  },
  {
    name: "llama4",
    models: "Llama 4",
    types: ["Llama4ImageProcessor"],
    backends: ["torchvision"],
    make: llama4,
  },
  {
    name: "minicpmv4_6",
    models: "MiniCPM-V 4.6",
    types: ["MiniCPMV4_6ImageProcessor"],
    make: miniCpmV46,
  },
  {
    name: "perception_lm",
    models: "PerceptionLM",
    types: ["PerceptionLMImageProcessor"],
    backends: ["torchvision"],
    make: perceptionLm,
  },
  {
    name: "phi4_multimodal",
    models: "Phi-4-multimodal",
    types: ["Phi4MultimodalImageProcessor"],
    backends: ["torchvision"],
    make: phi4Multimodal,
  },
  {
    name: "step3p7",
    models: "Step 3.7",
    types: ["Step3p7ImageProcessor"],
    backends: ["torchvision"],
    make: step3p7,
  },
];
