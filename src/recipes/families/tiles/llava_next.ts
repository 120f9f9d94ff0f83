import type { Size } from "../../../plan/geometry.ts";
import { sizeRows } from "../../../plan/integers.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { eachPicture, eachSize } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { type Anyres, anyresOf, anyresRows, composeAnyres } from "../../parts/anyres.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import { expanded, type Expansion, joinedTokens, type Tower, towerOf } from "../../parts/image_tokens.ts";
import { mostInSteps } from "../../parts/placements.ts";
import { bestResolution } from "../../parts/resolutions.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/** The class's `image_grid_pinpoints`. */
const PINPOINTS = [[336, 672], [672, 336], [672, 672], [1008, 336], [336, 1008]] as const;

/**
 * LLaVA-NeXT (LLaVA-1.6). A picture becomes a view of its whole, then the tiles of its best resolution. With
 * `do_pad` every picture has as many rows as the call's largest.
 *
 * Outputs: `pixel_values` `[pictures, tiles, 3, height, width]`, `image_sizes` `[pictures, 2]` (height,
 * width). `patch_size`, `vision_feature_select_strategy` and `num_additional_image_tokens` are the
 * processor's. Without the first, as by default, there is no token count.
 *
 * Source: transformers `models/llava_next/image_processing_pil_llava_next.py`; `processing_llava_next.py`.
 */
export function llavaNext(fields: Fields): ProcessorRecipe {
  const common = commonFields(fields, { filter: "bicubic", ...CLIP });
  const anyres = anyresOf(fields, common, {
    pinpoints: PINPOINTS,
    size: { shortest_edge: 224 },
    crop: { width: 224, height: 224 },
  });
  const doPad = fields.boolean("do_pad") ?? true;
  const tower = towerOf(fields);
  fields.leaveUnused("aspect_ratio_setting"); // published files have it, and the class does not read it
  return {
    kind: "processor",
    name: "llava_next",
    parameters: fields.given(),
    values: common.values,
    *compose(composer) {
      const { pictures } = composer;
      const rows = yield* eachSize(pictures, (picture) => anyresRows(picture, anyres));
      const most = yield* mostInSteps(rows);
      yield* eachPicture(composer, (picture, index) => {
        const { main, grid } = composeAnyres(composer, index, anyres);
        composer.image({ size: picture, main, grid, ...expansion(picture, anyres, tower) });
        if (doPad) composer.blankAfter(PIXELS, most - rows[index]);
      });
      if (doPad) composer.returnGroups(PIXELS, rows.length, most);
      else yield* composer.returnEachInSteps(PIXELS, rows);
      composer.integers("image_sizes", yield* sizeRows(pictures));
    },
  };
}

/** The text that stands for a picture. Source: `processing_llava_next.py`, `_get_number_of_features`. */
function expansion(picture: Size, anyres: Anyres, tower: Tower | undefined): Expansion {
  if (!tower) return {};
  const tile = anyres.crop ?? anyres.base, best = bestResolution(picture, anyres.resolutions);
  const patches = tower.patches(tile);
  const grid = {
    width: Math.floor(best.width / tile.width),
    height: Math.floor(best.height / tile.height),
  };
  if (grid.width * grid.height === 0) return {}; // a resolution below a tile: Python divides by zero
  const base = patches.width * patches.height + tower.additional;
  return expanded(tower, base + joinedTokens(picture, { patches, grid }));
}
