import { listOnDemand } from "../../../runtime/long_list.ts";
import type { Fields } from "../../fields.ts";
import { HALVES } from "../../parts/common_fields.ts";
import { mergedPatching, patchFields, patchRecipe } from "../../parts/patches.ts";
import { budgetOf, fittedSize } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

const NAME = "video_llama_3";

/**
 * VideoLLaMA 3. Pictures become patches as Qwen2-VL cuts them, of one frame and in groups of one by default.
 *
 * Outputs: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`, `image_merge_sizes`
 * `[pictures]`. `image_token` is the text that stands for one token, `<|image_pad|>` by default.
 *
 * Source: transformers `models/video_llama_3/image_processing_video_llama_3.py`,
 * `processing_video_llama_3.py`.
 */
export function videoLlama3(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 1, { ...HALVES, merge: 1 });
  const defaults = { least: 56 * 56, most: 28 * 28 * 1280, minAndMax: true };
  const budget = budgetOf(fields, own.patch * own.merge, defaults);
  const token = fields.text("image_token") ?? "<|image_pad|>";
  const patching = mergedPatching(own, token, (picture) => fittedSize(NAME, picture, budget));
  const recipe = patchRecipe(NAME, fields, own, patching);
  return {
    ...recipe,
    *compose(composer) {
      yield* recipe.compose(composer);
      const values = listOnDemand(composer.pictures.length, () => own.merge);
      composer.integers("image_merge_sizes", { dtype: "i64", shape: [values.length], values });
    },
  };
}
