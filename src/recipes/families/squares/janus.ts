import type { TextPart } from "../../../plan/image_text.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { BLACK, type Rgb } from "../../../plan/tables/values.ts";
import type { Backend } from "../../backend.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import type { Expansion } from "../../parts/image_tokens.ts";
import { colourOf, longerAt, requireMeanOfThree, squareAround } from "../../parts/padded_square.ts";
import { whole } from "../../parts/placements.ts";
import { exactSize } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/** Tokens that a picture becomes by default. */
const TOKENS = 576;

/** The colour around a picture where the file has no mean. */
export const GREY: Rgb = [127, 127, 127];

/**
 * Janus and Janus-Pro. A picture's longer side is resized to `size`, the shorter one no lower than
 * `min_size`. With `do_pad` it lies in the middle of a square of the mean's colour.
 *
 * Outputs: `pixel_values` `[pictures, 3, size, size]`. A picture becomes 576 tokens; `image_token` is one
 * token's text.
 *
 * Source: transformers `models/janus/image_processing_janus.py`, `image_processing_pil_janus.py`, `resize`,
 * `pad_to_square`; `processing_janus.py`.
 */
export function janus(fields: Fields): ProcessorRecipe {
  const token = fields.text("image_token") ?? "<image_placeholder>";
  const parts: TextPart[] = ["<begin_of_image>", [token, TOKENS], "<end_of_image>"];
  return inSquares("janus", fields, { tokens: TOKENS, parts });
}

/**
 * DeepSeek-VL with one encoder. It prepares pictures as Janus does.
 *
 * Outputs: `pixel_values` `[pictures, 3, size, size]`. `num_image_tokens` is how many tokens a picture
 * becomes, 576 by default; `image_token` is one token's text.
 *
 * Source: transformers `models/deepseek_vl/image_processing_deepseek_vl.py`,
 * `image_processing_pil_deepseek_vl.py`; `processing_deepseek_vl.py`.
 */
export function deepseekVl(fields: Fields): ProcessorRecipe {
  return inSquares("deepseek_vl", fields, repeatedTokens(fields));
}

/** The recipe that both make. */
function inSquares(name: string, fields: Fields, expansion: Expansion): ProcessorRecipe {
  const common = commonFields(fields, { filter: "bicubic", ...CLIP });
  const { doResize, filter, values, mean, backend } = common;
  const side = squareSide(fields, "size", 384);
  const least = fields.count("min_size") ?? 14;
  const doPad = fields.boolean("do_pad") ?? true;
  const background = backgroundOf(fields, backend, mean);
  return {
    kind: "processor",
    name,
    parameters: fields.given(),
    values,
    *compose(composer) {
      yield* eachPicture(composer, (picture, index) => {
        const content = doResize ? longerAt(picture, side, least) : picture;
        const { canvas, offset } = doPad ? squareAround(content) : { canvas: content };
        const main = composer.canvas({
          canvas,
          fill: doPad ? background : BLACK,
          placements: [whole({ picture: index }, picture, content, filter, offset)],
          target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
        });
        composer.image({ size: picture, main, grid: [1, 1], ...expansion });
      });
    },
  };
}

/**
 * Reads a field that holds a square's side.
 * @throws {VitrailError} `recipe` where its height and width differ.
 */
export function squareSide(fields: Fields, field: string, fallback: number): number {
  const { width, height } = exactSize(fields, field) ?? { width: fallback, height: fallback };
  if (width !== height) throw fields.bad(field, "a square: its height and width are the same");
  return width;
}

/**
 * Returns the colour around pictures: the mean's, where the file has a mean. Else Pillow's twin takes the
 * class's mean, and torchvision's takes grey. A `background_color` in the file changes nothing in Python.
 * Source: `__init__` of either class.
 */
function backgroundOf(fields: Fields, backend: Backend, mean: Rgb): Rgb {
  fields.leaveUnused("background_color");
  requireMeanOfThree(fields);
  return fields.value("image_mean") == null && backend !== "pil" ? GREY : colourOf(mean);
}

/** The text of a picture: one token, `num_image_tokens` times. Source: `processing_deepseek_vl.py`. */
export function repeatedTokens(fields: Fields): Expansion {
  const tokens = fields.count("num_image_tokens") ?? TOKENS;
  const token = fields.text("image_token") ?? "<image_placeholder>";
  return { tokens, parts: [[token, tokens]] };
}
