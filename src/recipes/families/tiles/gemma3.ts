import { type Box, type Size, sizeOf, wholeOf } from "../../../plan/geometry.ts";
import { type ImageText, partsBetween, type TextPart } from "../../../plan/image_text.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { part } from "../../parts/placements.ts";
import { exactSize } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { MOST_TILES, refusal } from "../../refusal.ts";

const NAME = "gemma3";

/** The rule that cuts a long picture into crops. */
interface PanAndScan {
  /** The fewest pixels that a crop's shorter side has. */
  least: number;
  /** The most crops. */
  most: number;
  /** The least aspect of a picture that is cut: its longer side by its shorter. */
  ratio: number;
}

/**
 * Gemma 3. Every picture is stretched to `size`. With `do_pan_and_scan`, crops of a long picture follow it,
 * stretched likewise.
 *
 * Outputs: `pixel_values` `[pictures and crops, 3, height, width]`, `num_crops` `[pictures]`. The fields of
 * pan and scan default to what the model's processor passes. `image_seq_length` is how many tokens a picture
 * or a crop becomes, 256 by default.
 *
 * Source: transformers `models/gemma3/image_processing_pil_gemma3.py`, `image_processing_gemma3_fast.py`,
 * `processing_gemma3.py`.
 */
export function gemma3(fields: Fields): ProcessorRecipe {
  const { doResize, filter, backend, values } = commonFields(fields, { filter: "bilinear", ...HALVES });
  const size = exactSize(fields, "size") ?? { width: 224, height: 224 };
  const scan = scanOf(fields);
  if (scan && !doResize && backend !== "pil") {
    throw fields.bad("do_resize", "true with do_pan_and_scan: torchvision's class resizes whatever it says");
  }
  const each = fields.count("image_seq_length") ?? 256;
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const counts = yield* eachPicture(composer, (picture, index) => {
        const crops = scan ? cropsOf(picture, scan) : [];
        const [main] = [wholeOf(picture), ...crops].map((box) => {
          const canvas = doResize ? size : sizeOf(box);
          return composer.canvas({
            canvas,
            fill: BLACK,
            placements: [part({ picture: index }, box, canvas, filter)],
            target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
          });
        });
        composer.image({ size: picture, main, grid: [1, 1], ...expansion(crops.length, each) });
        return crops.length;
      });
      composer.integers("num_crops", { dtype: "i64", shape: [counts.length], values: counts });
    },
  };
}

/**
 * The fields of pan and scan; undefined where it is off.
 * Source of the defaults: `processing_gemma3.py`, `Gemma3ProcessorKwargs`.
 */
function scanOf(fields: Fields): PanAndScan | undefined {
  const scan = {
    least: fields.count("pan_and_scan_min_crop_size") ?? 256,
    most: fields.count("pan_and_scan_max_num_crops", MOST_TILES) ?? 4,
    ratio: fields.number("pan_and_scan_min_ratio_to_activate", "a number above 0", (n) => n > 0) ?? 1.2,
  };
  return fields.boolean("do_pan_and_scan") ? scan : undefined;
}

/**
 * The crops along a picture's longer side; the last one is shorter where they do not divide it. There are
 * none where the picture is not long enough, or where they would be too small. Source: `pan_and_scan`.
 * @throws {VitrailError} `shape` where the last crop is empty, as Pillow fails there.
 */
function cropsOf(picture: Size, { least, most, ratio }: PanAndScan): Box[] {
  const { width, height } = picture, wide = width >= height;
  const [long, short] = wide ? [width, height] : [height, width];
  if (long / short < ratio) return [];
  const wanted = Math.min(Math.floor(long / least), Math.floor(long / short + 0.5));
  const count = Math.min(most, Math.max(2, wanted));
  const side = Math.ceil(long / count);
  if (Math.min(side, short) < least) return [];
  if (side * (count - 1) >= long) throw refusal(NAME, picture, `the last of ${count} crops would be empty`);
  return Array.from({ length: count }, (_, i) => {
    const from = side * i, to = Math.min(side * (i + 1), long);
    return wide
      ? { left: from, top: 0, right: to, bottom: height }
      : { left: 0, top: from, right: width, bottom: to };
  });
}

/**
 * The text that stands for a picture and its crops.
 * Source: `processing_gemma3.py`, `replace_image_token`.
 */
function expansion(crops: number, each: number): ImageText {
  const mark = "<start_of_image>", token = "<image_soft_token>";
  const one: TextPart[] = [`\n\n${mark}`, [token, each], "<end_of_image>\n\n"];
  const parts = crops === 0 ? one : [
    "Here is the original image ",
    ...one,
    " and here are some crops to help you see better ",
    ...partsBetween(Array(crops).fill(one), " "),
  ];
  return { tokens: (1 + crops) * each, parts, token, mark };
}
