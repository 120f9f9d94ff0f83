import type { Size } from "../../../plan/geometry.ts";
import { sizeRows } from "../../../plan/integers.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { eachPicture, eachSize } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import type { Expansion } from "../../parts/image_tokens.ts";
import { budgetOf, type PixelBudget, requireAspect, withinBudget } from "../../parts/pixel_budget.ts";
import { largestInSteps, sameSize, whole } from "../../parts/placements.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { refusal, requireGuessedChannels } from "../../refusal.ts";

const NAME = "emu3";

/** Pixels of a side that become one token. Source: `processing_emu3.py`, `downsample_ratio`. */
const TOKEN_SIDE = 8;

/**
 * Emu3. Sides are rounded to multiples of `spatial_factor` within a budget of pixels. Zeros follow up to the
 * call's largest.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`, `image_sizes` `[pictures, 2]`: each height and
 * width without the zeros. `image_token` is one token's text.
 *
 * Source: transformers `models/emu3/image_processing_emu3.py`, `_preprocess`, `_pad_for_batching`;
 * `processing_emu3.py`.
 */
export function emu3(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values } = commonFields(fields, { filter: "bicubic", ...CLIP });
  const factor = fields.count("spatial_factor") ?? 8;
  const budget = boundsOf(fields, factor);
  const doPad = fields.boolean("do_pad") ?? true;
  const token = fields.text("image_token") ?? "<image>";
  fields.leaveUnused("ratio", "image_area"); // of pictures that the model makes
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const contents = yield* eachSize(composer.pictures, (picture) => {
        requireGuessedChannels(NAME, picture);
        if (!doResize) return requireToken(picture);
        requireAspect(NAME, picture);
        return withinBudget(picture, budget);
      });
      const canvas = yield* largestInSteps(contents);
      yield* eachPicture(composer, (picture, index) => {
        const content = contents[index];
        if (!doPad && !sameSize(content, canvas)) {
          throw refusal(NAME, picture, "do_pad is false, and pictures of the call differ in size");
        }
        const main = composer.canvas({
          canvas,
          fill: { value: 0 },
          placements: [whole({ picture: index }, picture, content, filter)],
          target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
        });
        composer.image({ size: picture, main, grid: [1, 1], ...expansion(content, token) });
      });
      composer.integers("image_sizes", yield* sizeRows(contents));
    },
  };
}

/**
 * Reads `min_pixels` and `max_pixels`. The class makes its `size` of them, whatever the file's is.
 * @throws {VitrailError} `recipe` for a `size` that says something else.
 */
function boundsOf(fields: Fields, factor: number): PixelBudget {
  const least = fields.count("min_pixels") ?? 512 * 512, most = fields.count("max_pixels") ?? 1024 * 1024;
  const said = budgetOf(fields, factor, { least, most });
  if (said.least === least && said.most === most) return said;
  throw fields.bad("size", `what min_pixels and max_pixels say, ${least} and ${most}: give these instead`);
}

/** @throws {VitrailError} `shape` for a picture without a whole token. */
function requireToken(picture: Size): Size {
  if (Math.min(picture.width, picture.height) >= TOKEN_SIDE) return picture;
  throw refusal(NAME, picture, `do_resize is false, and both sides must be at least ${TOKEN_SIDE}`);
}

/** The text of a picture: its size in tokens, and a line's end after each line. Source: `__call__`. */
function expansion(content: Size, token: string): Expansion {
  const rows = Math.floor(content.height / TOKEN_SIDE), columns = Math.floor(content.width / TOKEN_SIDE);
  const tokens = rows * (columns + 1);
  const size = `<|image start|>${rows}*${columns}<|image token|>`;
  return { tokens, parts: [size, [token, tokens], "<|extra_201|><|image end|>"] };
}
