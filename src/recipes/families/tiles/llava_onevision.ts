import type { Composer } from "../../../plan/composer.ts";
import { wholeOf } from "../../../plan/geometry.ts";
import { sizeRows } from "../../../plan/integers.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { flatMapInSteps, mapInSteps } from "../../../runtime/in_steps.ts";
import { listOnDemand, readerOf } from "../../../runtime/long_list.ts";
import { eachSize } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { anyresOf, anyresRows, composeAnyres } from "../../parts/anyres.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import { mostInSteps } from "../../parts/placements.ts";
import { paddedSquare, requireMeanOfThree } from "../../parts/padded_square.ts";
import { composeTile } from "../../parts/tile_steps.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { expansionsOf } from "./llava_onevision_tokens.ts";
import { llavaOnevisionVideo } from "../clips/llava_onevision_video.ts";

/** The class's `image_grid_pinpoints`: every grid of 1 to 6 by 1 to 6 tiles of 384. */
const PINPOINTS = [1, 2, 3, 4, 5, 6].flatMap((rows) =>
  [1, 2, 3, 4, 5, 6].map((columns) => [rows * 384, columns * 384] as const)
);

/**
 * LLaVA-OneVision. A picture that is alone in its sample becomes a view of its whole and the tiles of its
 * best resolution. Pictures that share a sample become a single tile each, padded to a square of the mean's
 * colour. A flat list of pictures is as many samples.
 *
 * Outputs: `pixel_values` `[pictures, tiles, 3, height, width]`, with `do_pad` as many tiles a picture as the
 * call's largest has; `image_sizes` `[pictures, 2]` (height, width); `batch_num_images` `[samples]`.
 *
 * With `video: true`, a field of Vitrail's own, each sample's pictures are the frames of one clip: see
 * `llavaOnevisionVideo`.
 *
 * `num_image_tokens`, `vision_feature_select_strategy` and `vision_aspect_ratio` are the processor's. Without
 * the first, as by default, there is no token count.
 *
 * Source: transformers `models/llava_onevision/image_processing_pil_llava_onevision.py`,
 * `processing_llava_onevision.py`.
 */
export function llavaOnevision(fields: Fields): ProcessorRecipe {
  if (fields.boolean("video") ?? false) return llavaOnevisionVideo(fields);
  const common = commonFields(fields, { filter: "bicubic", ...CLIP });
  const size = { height: 384, width: 384 };
  const anyres = anyresOf(fields, common, { pinpoints: PINPOINTS, size });
  const doPad = fields.boolean("do_pad") ?? true;
  const expansions = expansionsOf(fields, anyres);
  const { values, mean } = common;
  fields.ignore("video_token");
  return {
    kind: "processor",
    name: "llava_onevision",
    parameters: fields.given(),
    values,
    *compose(composer) {
      const { pictures } = composer;
      const samples = composer.nested
        ? yield* flatMapInSteps(composer.samples, (count) => count > 0 ? [count] : [])
        : listOnDemand(pictures.length, () => 1);
      const alone = yield* flatMapInSteps(samples, (count) => Array<boolean>(count).fill(count === 1));
      const rowsAlone = yield* eachSize(pictures, (picture) => anyresRows(picture, anyres));
      const rows = yield* mapInSteps(rowsAlone, (rows, index) => alone[index] ? rows : 1);
      const most = yield* mostInSteps(rows);
      const compose = (index: number) => {
        const picture = pictures[index];
        const expansion = alone[index] ? expansions?.alone(picture) : expansions?.shared();
        const { main, grid } = alone[index]
          ? composeAnyres(composer, index, anyres)
          : composeSquare(composer, index);
        composer.image({ size: picture, main, grid, ...expansion });
        if (doPad) composer.blankAfter(PIXELS, most - rows[index]);
      };
      const ones = {}, shared = {}, isAlone = readerOf(alone);
      for (let index = 0; index < pictures.length; index++) {
        yield composer.alike(index, isAlone(index) ? ones : shared, () => compose(index));
      }
      if (doPad) composer.returnGroups(PIXELS, rows.length, most);
      else yield* composer.returnEachInSteps(PIXELS, rows);
      composer.integers("image_sizes", yield* sizeRows(pictures));
      composer.integers("batch_num_images", { dtype: "i64", shape: [samples.length], values: samples });
    },
  };

  function composeSquare(composer: Composer, index: number) {
    requireMeanOfThree(fields); // Python makes a colour of it here, and for no picture that is alone
    const { source, size } = paddedSquare(composer, index, mean);
    const main = composeTile(composer, source, wholeOf(size), anyres);
    return { main, grid: [1, 1] as [number, number] };
  }
}
