/**
 * The classes that prepare the pictures of models, by the `model_type`s of their `config.json`. A config
 * without a class of its own gets the one that stands here.
 *
 * Source: transformers `models/auto/auto_mappings.py` and `models/auto/image_processing_auto.py`,
 * `IMAGE_PROCESSOR_MAPPING_NAMES`.
 */
const MODEL_TYPES: Readonly<Record<string, readonly string[]>> = {
  AriaImageProcessor: ["aria"],
  BlipImageProcessor: ["blip", "blip-2", "instructblip"],
  CHMv2ImageProcessor: ["chmv2"],
  CLIPImageProcessor: [
    ...["aimv2", "aimv2_vision_model", "altclip", "clip", "florence2", "git", "groupvit", "kosmos-2"],
    ...["metaclip_2", "mlcd", "vipllava", "xclip"],
  ],
  ChameleonImageProcessor: ["chameleon"],
  ChineseCLIPImageProcessor: ["chinese_clip"],
  Cohere2VisionImageProcessor: ["cohere2_vision"],
  CohereCompassImageProcessor: ["cohere_compass"],
  ConvNextImageProcessor: ["convnext", "convnextv2", "cvt", "regnet", "resnet"],
  Cosmos3EdgeImageProcessor: ["cosmos3_edge"],
  DINOv3ViTImageProcessor: ["dinov3_vit"],
  DeepseekOcr2ImageProcessor: ["deepseek_ocr2"],
  DeepseekVLHybridImageProcessor: ["deepseek_vl_hybrid"],
  DeepseekVLImageProcessor: ["deepseek_vl"],
  DonutImageProcessor: ["donut-swin"],
  Emu3ImageProcessor: ["emu3"],
  Ernie4_5_VLMoeImageProcessor: ["ernie4_5_vl_moe"],
  FlavaImageProcessor: ["flava"],
  FuyuImageProcessor: ["fuyu"],
  Gemma3ImageProcessor: ["gemma3", "shieldgemma2", "t5gemma2", "t5gemma2_encoder"],
  Gemma4ImageProcessor: ["gemma4"],
  Gemma4UnifiedImageProcessor: ["gemma4_unified"],
  Glm46VImageProcessor: ["glm46v"],
  Glm4vImageProcessor: ["glm4v"],
  Glm5NextImageProcessor: ["glm5_next"],
  GlmImageImageProcessor: ["glm_image"],
  GlmgaImageProcessor: ["glmga"],
  GotOcr2ImageProcessor: ["aya_vision", "got_ocr2", "internvl", "qianfan_ocr"],
  HunYuanVLImageProcessor: ["hunyuan_vl"],
  Idefics2ImageProcessor: ["idefics2"],
  Idefics3ImageProcessor: ["idefics3"],
  IdeficsImageProcessor: ["idefics"],
  InklingImageProcessor: ["inkling", "inkling_mm_model"],
  JanusImageProcessor: ["janus"],
  Kimi_K25ImageProcessor: ["kimi_k25"],
  Kosmos2_5ImageProcessor: ["kosmos-2.5"],
  Lfm2VlImageProcessor: ["lfm2_vl"],
  Llama4ImageProcessor: ["llama4"],
  LlavaImageProcessor: ["llava"],
  LlavaNextImageProcessor: ["granite4_vision", "llava_next", "llava_next_video"],
  LlavaOnevisionImageProcessor: ["llava_onevision"],
  MiniCPMV4_6ImageProcessor: ["minicpmv4_6"],
  MiniMaxM3VLImageProcessor: ["minimax_m3_vl"],
  MllamaImageProcessor: ["mllama"],
  MuseGlimmerImageProcessor: ["muse_glimmer"],
  NeoMMEImageProcessor: ["neomme"],
  NougatImageProcessor: ["nougat"],
  Ovis2ImageProcessor: ["ovis2"],
  PI0ImageProcessor: ["pi0"],
  PPChart2TableImageProcessor: ["pp_chart2table"],
  PaddleOCRVLImageProcessor: ["paddleocr_vl"],
  PerceptionLMImageProcessor: ["perception_lm"],
  Phi4MultimodalImageProcessor: ["phi4_multimodal"],
  Pix2StructImageProcessor: ["pix2struct"],
  PixtralImageProcessor: ["lighton_ocr", "mistral3", "pixtral"],
  Qwen2VLImageProcessor: [
    ...["colqwen2", "cosmos3_omni", "exaone4_5", "qwen2_5_omni", "qwen2_5_vl", "qwen2_vl", "qwen3_5"],
    ...["qwen3_5_moe", "qwen3_omni_moe", "qwen3_vl"],
  ],
  Siglip2ImageProcessor: ["siglip2"],
  SiglipImageProcessor: ["colpali", "gemma3n", "paligemma", "siglip"],
  SmolVLMImageProcessor: ["smolvlm"],
  Step3p7ImageProcessor: ["step3p7"],
  Tipsv2ImageProcessor: ["tipsv2"],
  ViTImageProcessor: [
    ...["clipseg", "dinat", "ijepa", "mgp-str", "swiftformer", "swin", "swinv2", "trocr", "vit", "vit_mae"],
    "vit_msn",
  ],
  VideoLlama3ImageProcessor: ["video_llama_3"],
  VideoLlavaImageProcessor: ["video_llava"],
};

/**
 * The classes that prepare the clips of models, by the same types.
 *
 * Source: transformers `models/auto/auto_mappings.py` and `models/auto/video_processing_auto.py`,
 * `VIDEO_PROCESSOR_MAPPING_NAMES`.
 */
const CLIPS_MODEL_TYPES: Readonly<Record<string, readonly string[]>> = {
  CohereCompassVideoProcessor: ["cohere_compass"],
  Cosmos3EdgeVideoProcessor: ["cosmos3_edge"],
  Ernie4_5_VLMoeVideoProcessor: ["ernie4_5_vl_moe"],
  Gemma4UnifiedVideoProcessor: ["gemma4_unified"],
  Gemma4VideoProcessor: ["gemma4"],
  Glm46VVideoProcessor: ["glm46v"],
  Glm4vVideoProcessor: ["glm4v"],
  GlmgaVideoProcessor: ["glmga"],
  InstructBlipVideoVideoProcessor: ["instructblip", "instructblipvideo"],
  InternVLVideoProcessor: ["internvl"],
  Kimi_K25VideoProcessor: ["kimi_k25"],
  LlavaNextVideoVideoProcessor: ["llava_next_video"],
  LlavaOnevisionVideoProcessor: ["llava_onevision", "videoprism"],
  MiniCPMV4_6VideoProcessor: ["minicpmv4_6"],
  MiniMaxM3VLVideoProcessor: ["minimax_m3_vl"],
  MuseGlimmerVideoProcessor: ["muse_glimmer"],
  PeVideoVideoProcessor: ["pe_audio_video", "pe_video"],
  PerceptionLMVideoProcessor: ["perception_lm"],
  Qwen2VLVideoProcessor: ["exaone4_5", "qwen2_5_omni", "qwen2_5_vl", "qwen2_vl", "qwen3_omni_moe"],
  Qwen3VLVideoProcessor: ["cosmos3_omni", "qwen3_5", "qwen3_5_moe", "qwen3_vl", "qwen3_vl_moe"],
  SmolVLMVideoProcessor: ["smolvlm"],
  VideoLlama3VideoProcessor: ["video_llama_3"],
  VideoLlavaVideoProcessor: ["video_llava"],
};

/** Returns the class that prepares the pictures of models of this type; undefined where none is known. */
export function classOfModelType(modelType: unknown): string | undefined {
  return classIn(MODEL_TYPES, modelType);
}

/** Returns the class that prepares the clips of models of this type; undefined where none is known. */
export function clipsClassOfModelType(modelType: unknown): string | undefined {
  return classIn(CLIPS_MODEL_TYPES, modelType);
}

function classIn(types: Readonly<Record<string, readonly string[]>>, modelType: unknown): string | undefined {
  return Object.entries(types).find(([, own]) => own.includes(modelType as string))?.[0];
}

/**
 * Returns the class that prepares the pictures of the models that a processor serves: that of the model type
 * by which the processor is called, or the class that is called as it is; undefined where there is neither.
 * @param processor a `processor_class`, such as `Qwen2_5_VLProcessor`
 */
export function classOfProcessor(processor: unknown): string | undefined {
  if (typeof processor !== "string") return undefined;
  const letters = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const stem = processor.replace(/Processor$/, ""), own = letters(stem);
  const found = Object.entries(MODEL_TYPES).find(([, types]) => types.some((type) => letters(type) === own));
  const same = `${stem}ImageProcessor`;
  return found?.[0] ?? (Object.hasOwn(MODEL_TYPES, same) ? same : undefined);
}
