/** A config of Qwen2-VL's, with what their loader needs. */
export const QWEN = {
  processor_class: "Qwen2VLProcessor",
  image_processor_type: "Qwen2VLImageProcessor",
  patch_size: 14,
  temporal_patch_size: 2,
  merge_size: 2,
  min_pixels: 3136,
  max_pixels: 1003520,
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
  rescale_factor: 1 / 255,
  resample: 3,
  do_resize: true,
  do_rescale: true,
  do_normalize: true,
  do_convert_rgb: true,
};

/** A config of CLIP's. */
export const CLIP = {
  image_processor_type: "CLIPImageProcessor",
  size: { shortest_edge: 224 },
  crop_size: { height: 224, width: 224 },
  do_center_crop: true,
  do_resize: true,
  do_rescale: true,
  do_normalize: true,
  rescale_factor: 1 / 255,
  image_mean: QWEN.image_mean,
  image_std: QWEN.image_std,
};
