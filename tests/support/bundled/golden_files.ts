/**
 * Test files that hold goldens of each family, of clips and of recipes of our own, by every kernel. Bundles
 * of them run where Deno is not.
 */
const GOLDENS: readonly string[] = [
  "tests/engine/article_golden_test.ts",
  "tests/engine/resize_golden_test.ts",
  "tests/engine/splice/splice_golden_test.ts",
  "tests/recipes/families/goldens/tf517_torchvision_golden_test.ts",
  "tests/recipes/families/videos_golden_test.ts",
  "tests/recipes/modes_golden_test.ts",
  "tests/recipes/tiled/ixc_golden_test.ts",
  "tests/recipes/torch_golden_test.ts",
  "tests/recipes/torch_resize_golden_test.ts",
];

/** Other goldens of the same families, which are run where every call is asked for. */
const MORE_GOLDENS: readonly string[] = [
  "tests/recipes/families/goldens/hf_golden_test.ts",
  "tests/recipes/families/goldens/tf517_cuda_golden_test.ts",
  "tests/recipes/families/goldens/tf517_cuda_reference_golden_test.ts",
  "tests/recipes/families/goldens/tf517_pil_golden_test.ts",
  "tests/recipes/families/goldens/tf517_pil_reference_golden_test.ts",
  "tests/recipes/families/goldens/tf517_torchvision_reference_golden_test.ts",
  "tests/text/cross_attention_golden_test.ts",
  "tests/text/positions/position_ids_golden_test.ts",
];

/** Says that every call of every golden is checked. */
export const EVERY_CALL = Deno.env.get("VITRAIL_GOLDENS") === "all";

/** The files that a run takes, from the root. */
export const GOLDEN_FILES: readonly string[] = EVERY_CALL ? [...GOLDENS, ...MORE_GOLDENS] : GOLDENS;
