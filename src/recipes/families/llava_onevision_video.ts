import type { Composer } from "../../plan/composer.ts";
import { wholeOf } from "../../plan/geometry.ts";
import { VIDEOS } from "../../plan/plan.ts";
import type { Anyres } from "../parts/anyres.ts";
import type { Expansions } from "./llava_onevision_tokens.ts";
import { composeTile } from "../parts/one_tile.ts";

/**
 * Composes each sample's pictures as the frames of one clip, each a tile. A clip is one image of the plan, which stands for its
 * frames by the first.
 * Source: transformers `models/llava_onevision/video_processing_llava_onevision.py`; `video_processing_utils.py`, `_preprocess`.
 */
export function composeLlavaClips(
  composer: Composer,
  anyres: Anyres,
  expansions: Expansions | undefined,
): void {
  let first = 0;
  for (const frames of composer.samples) {
    const size = composer.pictures[first];
    const [main] = Array.from({ length: frames }, (_, frame) => {
      const box = wholeOf(composer.pictures[first + frame]);
      return composeTile(composer, { picture: first + frame }, box, anyres, undefined, VIDEOS);
    });
    composer.image({ size, main, grid: [1, 1], output: VIDEOS, ...expansions?.clip(frames) });
    first += frames;
  }
  composer.returnEach(VIDEOS, composer.samples);
}
