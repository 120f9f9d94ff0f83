import { shown, VitrailError } from "../../../errors.ts";
import type { Size } from "../../../plan/geometry.ts";
import type { ImageText, TextPart } from "../../../plan/image_text.ts";
import { type IntegerOutput, sizeRows } from "../../../plan/integers.ts";
import { BLACK, type Rgb } from "../../../plan/tables/values.ts";
import { eachInSteps, flatMapInSteps, mapInSteps } from "../../../runtime/in_steps.ts";
import { listOnDemand } from "../../../runtime/long_list.ts";
import { eachPicture, eachSize } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { sameSize, whole } from "../../parts/placements.ts";
import { exactSize } from "../../parts/size_keys.ts";
import type { Composing, ProcessorRecipe } from "../../recipe.ts";
import { NO_PIXELS, refusal } from "../../refusal.ts";

const NAME = "fuyu";

/** The output of the pictures. */
const IMAGES = "images";

/** The text of one token. */
const TOKEN = "|SPEAKER|";

/** The marks between a picture and its text, and behind that. Source: `processing_fuyu.py`. */
const AROUND = { begin: "<s>", end: "<0x04>" };

/**
 * Fuyu. A picture that is larger than `size` shrinks to fit it, and `padding_value`, a byte, follows up to
 * it.
 *
 * Outputs: `images` `[samples, pictures, 3, height, width]`, where each picture of a flat list is a sample;
 * `image_unpadded_heights`, `image_unpadded_widths` and `image_scale_factors` `[samples, 1]`, of each
 * sample's first picture; on torchvision `image_sizes` `[samples, 2]`, its height and width before.
 *
 * A token is a patch of `patch_size` that a picture touches, and one text ends each line of them. A
 * conversation has one picture, which goes before its text.
 *
 * Source: transformers `models/fuyu/image_processing_fuyu.py`, `image_processing_pil_fuyu.py`,
 * `_preprocess`, `preprocess_with_tokenizer_info`; `processing_fuyu.py`.
 */
export function fuyu(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values, backend } = commonFields(fields, { filter: "bilinear", ...HALVES });
  const size = exactSize(fields, "size") ?? { height: 1080, width: 1920 };
  const patch = exactSize(fields, "patch_size") ?? { height: 30, width: 30 };
  const doPad = fields.boolean("do_pad") ?? true;
  const fill = fillOf(fields);
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const counts = composer.nested
        ? yield* flatMapInSteps(composer.samples, (count) => count > 0 ? [count] : [])
        : listOnDemand(composer.pictures.length, () => 1);
      const [each] = counts;
      yield* eachInSteps(counts, (count) => {
        if (count === each) return;
        throw new VitrailError(
          "shape",
          `${NAME} stacks samples of as many pictures, found samples of ${shown(counts)} pictures`,
        );
      });
      const contents = yield* eachSize(
        composer.pictures,
        (picture) => doResize ? fitted(picture, size) : picture,
      );
      const canvases = yield* mapInSteps(contents, (content) => doPad ? size : content);
      yield* eachPicture(composer, (picture, index) => {
        const content = contents[index], canvas = canvases[index];
        if (content.width > canvas.width || content.height > canvas.height) {
          throw refusal(NAME, picture, "do_resize is false, and it is larger than size");
        }
        if (!sameSize(canvas, canvases[0])) {
          throw refusal(NAME, picture, "do_pad is false, and pictures of the call differ in size");
        }
        const main = composer.canvas({
          canvas,
          fill,
          placements: [whole({ picture: index }, picture, content, filter)],
          target: composer.target(IMAGES, canvas, "c h w -> 1 c h w"),
        });
        const expansion = expansionOf(content, canvas, patch);
        composer.image({ size: picture, main, grid: [1, 1], output: IMAGES, ...expansion });
      });
      const first = listOnDemand(counts.length, (sample) => sample * each);
      composer.returnGroups(IMAGES, counts.length, each);
      const column = function* (
        dtype: "i64" | "f32",
        of: (picture: number) => number,
      ): Composing<IntegerOutput> {
        return { dtype, shape: [first.length, 1], values: yield* mapInSteps(first, of) };
      };
      composer.integers("image_unpadded_heights", yield* column("i64", (i) => contents[i].height));
      composer.integers("image_unpadded_widths", yield* column("i64", (i) => contents[i].width));
      const scale = (i: number) => contents[i].height / composer.pictures[i].height;
      composer.integers("image_scale_factors", yield* column("f32", scale));
      if (backend === "pil") return;
      composer.integers(
        "image_sizes",
        yield* sizeRows(yield* mapInSteps(first, (i) => composer.pictures[i])),
      );
    },
  };
}

/** The padding's colour: one byte in all channels. */
function fillOf(fields: Fields): Rgb {
  if ((fields.text("padding_mode") ?? "constant") !== "constant") {
    throw fields.bad("padding_mode", `"constant"`);
  }
  const valid = (n: number) => Number.isInteger(n) && n >= 0 && n <= 255;
  const byte = fields.number("padding_value", "a byte, a whole number from 0 to 255", valid) ?? 1;
  return byte === 0 ? BLACK : [byte, byte, byte];
}

/** The largest size of a picture's shape within `most`; its own where it fits. Source: `resize`. */
function fitted(picture: Size, most: Size): Size {
  const { width, height } = picture;
  if (width <= most.width && height <= most.height) return picture;
  const scale = Math.min(most.height / height, most.width / width);
  const content = { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
  if (content.width > 0 && content.height > 0) return content;
  throw refusal(NAME, picture, `it would become ${content.width}x${content.height}, ${NO_PIXELS}`);
}

/** The text of a picture: its patches line by line. There is none where patches do not fill the canvas. */
function expansionOf(content: Size, canvas: Size, patch: Size): ImageText {
  const rows = Math.ceil(content.height / patch.height), columns = Math.ceil(content.width / patch.width);
  if (rows * patch.height > canvas.height || columns * patch.width > canvas.width) return {};
  const parts = Array<TextPart[]>(rows).fill([[TOKEN, columns], "|NEWLINE|"]).flat();
  return { tokens: rows * columns, parts, token: TOKEN, typed: "marks", ahead: AROUND };
}
