import type { Size } from "../../../plan/geometry.ts";
import type { ImageText } from "../../../plan/image_text.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import { mapInSteps } from "../../../runtime/in_steps.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, requireNoNull } from "../../parts/common_fields.ts";
import { whole } from "../../parts/placements.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { MOST_ROWS, refusal } from "../../refusal.ts";

/** The counts of tokens that a picture may have at most. Source: `_SUPPORTED_SOFT_TOKENS`. */
const BUDGETS: readonly number[] = [70, 140, 280, 560, 1120];

/**
 * Gemma 4. A picture keeps nearly its aspect and is resized to the most pixels that a budget of tokens
 * allows, both sides to whole groups of patches. Zeros follow the patches. Bytes are rescaled and not
 * normalised.
 *
 * Outputs: `pixel_values` `[pictures, patches, p · p · 3]`, `image_position_ids` `[pictures, patches, 2]` (a
 * patch's column and line, −1 for zeros) and `num_soft_tokens_per_image` `[pictures]`.
 *
 * Source: transformers `models/gemma4/image_processing_gemma4.py`, `image_processing_pil_gemma4.py`,
 * `processing_gemma4.py`.
 */
export function gemma4(fields: Fields): ProcessorRecipe {
  return budgeted(fields, "gemma4", false);
}

/**
 * Gemma 4 unified. As Gemma 4, but a patch is all of a group that becomes a token.
 *
 * Outputs: `pixel_values` `[pictures, tokens, side · side · 3]`, with `image_position_ids` and
 * `num_soft_tokens_per_image` as there.
 *
 * Source: transformers `models/gemma4_unified/image_processing_gemma4_unified.py`, `patches_merge`.
 */
export function gemma4Unified(fields: Fields): ProcessorRecipe {
  return budgeted(fields, "gemma4_unified", true);
}

/** The pattern whose rows are patches in row-major order, channels last. */
export const PATCHES = "c (h p) (w q) -> (h w) (p q c)";

/** @param merged true where a patch is all of a group */
function budgeted(fields: Fields, name: string, merged: boolean): ProcessorRecipe {
  const defaults = { filter: "bicubic", mean: [0, 0, 0], std: [1, 1, 1], normalize: false } as const;
  const { doResize, filter, values, backend } = commonFields(fields, defaults);
  // torchvision's own function resizes here, and it has no filter for None.
  if (doResize && backend !== "pil") requireNoNull(fields, ["resample"]);
  const budget = softBudgetOf(fields, merged, 280), { side, most } = budget;
  return {
    kind: "processor",
    name,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const grids = yield* eachPicture(composer, (picture, index) => {
        const canvas = doResize ? fitted(name, picture, budget) : picture;
        const grid = patchGridOf(name, picture, canvas, budget);
        const main = composer.canvas({
          canvas,
          fill: BLACK,
          placements: [whole({ picture: index }, picture, canvas, filter)],
          target: composer.target(PIXELS, canvas, PATCHES, { p: side, q: side }),
        });
        const expanded = expansion(softTokens(grid, budget));
        composer.image({ size: picture, main, grid: [grid.height, grid.width], ...expanded });
        composer.blankAfter(PIXELS, most - grid.width * grid.height);
        return grid;
      });
      const softs = yield* mapInSteps(grids, (grid) => softTokens(grid, budget));
      const { length } = grids;
      composer.returnGroups(PIXELS, length, most);
      composer.integers("image_position_ids", { dtype: "i64", shape: [length, most, 2], values: { grids } });
      composer.integers("num_soft_tokens_per_image", { dtype: "i64", shape: [length], values: softs });
    },
  };
}

/** The budget of a picture's tokens, and how patches become them. */
export interface SoftBudget {
  /** `max_soft_tokens`: the most tokens. */
  tokens: number;
  /** The side of the group of pixels that becomes a token. */
  group: number;
  /** The side of a patch, which is a row. */
  side: number;
  /** The most patches; zeros follow fewer. */
  most: number;
}

/**
 * Reads the fields of the budget.
 * @param merged true where a patch is all of a group
 * @param tokens `max_soft_tokens` by default
 */
export function softBudgetOf(fields: Fields, merged: boolean, tokens: number): SoftBudget {
  const patch = fields.count("patch_size") ?? 16, pooling = fields.count("pooling_kernel_size") ?? 3;
  const expected = `one of ${BUDGETS.join(", ")}`;
  const asked = fields.number("max_soft_tokens", expected, (n) => BUDGETS.includes(n)) ?? tokens;
  const group = patch * pooling, most = merged ? asked : asked * pooling ** 2;
  if (most > MOST_ROWS) {
    throw fields.bad("pooling_kernel_size", `of ${MOST_ROWS} patches at most, not ${most}`);
  }
  return {
    tokens: asked,
    group,
    side: merged ? group : patch,
    most,
  };
}

/** Returns the tokens that a grid of patches becomes. */
export function softTokens({ width, height }: Size, { group, side }: SoftBudget): number {
  return Math.floor(width * height / (group / side) ** 2);
}

/**
 * Returns the largest size of a picture's aspect within a budget, both sides down to whole groups.
 * Source: `get_aspect_ratio_preserving_size`.
 * @throws {VitrailError} `shape` where both sides would be 0, as Python fails there.
 */
export function fitted(name: string, picture: Size, { tokens, group }: SoftBudget): Size {
  const { width, height } = picture, pixels = tokens * group ** 2;
  const factor = Math.sqrt(pixels / (height * width));
  const down = (side: number) => Math.floor(factor * side / group) * group;
  const size = { width: down(width), height: down(height) };
  if (size.width === 0 && size.height === 0) throw refusal(name, picture, "it would have no pixels");
  const stretched = (aspect: number) => Math.min(Math.floor(aspect), tokens) * group;
  if (size.height === 0) return { width: stretched(width / height), height: group };
  if (size.width === 0) return { width: group, height: stretched(height / width) };
  return size;
}

/**
 * Returns the grid of a canvas's patches.
 * @throws {VitrailError} `shape` where it is not of whole patches, or has more than the budget.
 */
export function patchGridOf(
  name: string,
  picture: Size,
  { width, height }: Size,
  { side, most }: SoftBudget,
): Size {
  const grid = { width: width / side, height: height / side };
  if (!Number.isInteger(grid.width) || !Number.isInteger(grid.height)) {
    throw refusal(
      name,
      picture,
      `do_resize is false, and it is not made of whole patches of ${side}x${side}`,
    );
  }
  if (grid.width * grid.height > most) {
    throw refusal(name, picture, `it has ${grid.width * grid.height} patches, and ${most} is the most`);
  }
  return grid;
}

/** The text that stands for a picture. Its marks are Gemma 4's tokenizer's. */
function expansion(tokens: number): ImageText {
  const token = "<|image|>";
  return { tokens, parts: ["<|image>", [token, tokens], "<image|>"], token };
}
