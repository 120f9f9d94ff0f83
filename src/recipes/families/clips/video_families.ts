import type { Family, PassedFields } from "../family.ts";

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
  /** True where `min_pixels` and `max_pixels` decide, and no `size` goes before them. */
  boundsGoFirst?: boolean;
  /** The fields of which a null is as one left out, as of {@linkcode Family}. */
  nullIsAbsent?: Family["nullIsAbsent"];
  /** When it checks that `size` and `resample` are no null, as of {@linkcode Family}. */
  resizeCheck?: Family["resizeCheck"];
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
    nullIsAbsent: ["size"],
  },
  {
    name: "qwen3_vl",
    models: "Qwen3-VL, Qwen3.5, Qwen3.6",
    types: ["Qwen3VLVideoProcessor"],
  },
  { name: "glm4v", models: "GLM-4.1V, GLM-4.5V", types: ["Glm4vVideoProcessor"] },
  { name: "glm46v", models: "GLM-4.6V", types: ["Glm46VVideoProcessor"] },
  { name: "glmga", models: "GLM-GA", types: ["GlmgaVideoProcessor"] },
  { name: "internvl", models: "InternVL3", types: ["InternVLVideoProcessor"] },
  {
    name: "llava_onevision",
    models: "LLaVA-OneVision",
    types: ["LlavaOnevisionVideoProcessor"],
  },
  {
    name: "llava_next_video",
    models: "LLaVA-NeXT-Video",
    types: ["LlavaNextVideoVideoProcessor"],
  },
  { name: "video_llava", models: "Video-LLaVA", types: ["VideoLlavaVideoProcessor"] },
  {
    name: "instructblipvideo",
    models: "InstructBLIP-Video",
    types: ["InstructBlipVideoVideoProcessor"],
  },
  { name: "smolvlm", models: "SmolVLM2", types: ["SmolVLMVideoProcessor"] },
  { name: "pe_video", models: "PE-Video", types: ["PeVideoVideoProcessor"], resizeCheck: "asked" },
  {
    name: "perception_lm",
    models: "Perception LM",
    types: ["PerceptionLMVideoProcessor"],
  },
  {
    name: "cohere_compass",
    models: "Cohere Compass",
    types: ["CohereCompassVideoProcessor"],
  },
  {
    name: "cosmos3_edge",
    models: "Cosmos3-Edge",
    types: ["Cosmos3EdgeVideoProcessor"],
  },
  {
    name: "minimax_m3_vl",
    models: "MiniMax-M3-VL",
    types: ["MiniMaxM3VLVideoProcessor"],
    passed: { MiniMaxM3VLProcessor: { do_resize: false } },
    boundsGoFirst: true,
  },
  { name: "glm5_next", models: "GLM-5 Next", types: ["Glm5NextVideoProcessor"] },
  { name: "kimi_k25", models: "Kimi K2.5", types: ["Kimi_K25VideoProcessor"] },
  {
    name: "muse_glimmer",
    models: "Muse Glimmer",
    types: ["MuseGlimmerVideoProcessor"],
    resizeCheck: "never",
  },
  {
    name: "ernie4_5_vl_moe",
    models: "ERNIE 4.5 VL",
    types: ["Ernie4_5_VLMoeVideoProcessor", "Ernie4_5_VL_MoeVideoProcessor"],
    nullIsAbsent: ["size"],
  },
  {
    name: "video_llama_3",
    models: "VideoLLaMA 3",
    types: ["VideoLlama3VideoProcessor"],
    nullIsAbsent: ["size"],
  },
  { name: "gemma4", models: "Gemma 4", types: ["Gemma4VideoProcessor"], resizeCheck: "never" },
  {
    name: "gemma4_unified",
    models: "Gemma 4 unified",
    types: ["Gemma4UnifiedVideoProcessor"],
    resizeCheck: "never",
  },
  {
    name: "minicpmv4_6",
    models: "MiniCPM-V 4.6",
    types: ["MiniCPMV4_6VideoProcessor"],
    resizeCheck: "never",
  },
];

/** Returns the fields that pass a `size` in pixels. The config's two older names of it then say nothing. */
function pixels(shortest_edge: number, longest_edge: number) {
  return { size: { shortest_edge, longest_edge }, min_pixels: null, max_pixels: null };
}
