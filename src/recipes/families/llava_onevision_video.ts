import type { Composer } from "../../plan/composer.ts";
import { wholeOf } from "../../plan/geometry.ts";
import { VIDEOS } from "../../plan/plan.ts";
import type { Anyres } from "../parts/anyres.ts";
import { composeTile } from "../parts/tile_steps.ts";
import type { Expansions } from "./llava_onevision_tokens.ts";

/**
 * Composes each sample's pictures as the frames of one clip, each a tile. A clip is one image of the plan,
 * and its first frame stands for all.
 * Source: transformers `models/llava_onevision/video_processing_llava_onevision.py`;
 * `video_processing_utils.py`, `_preprocess`.
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
      const picture = first + frame;
      const box = wholeOf(composer.pictures[picture]);
      return composeTile(composer, { picture }, box, anyres, { output: VIDEOS });
    });
    composer.image({ size, main, grid: [1, 1], output: VIDEOS, video: true, ...expansions?.clip(frames) });
    first += frames;
  }
  composer.returnEach(VIDEOS, composer.samples);
}
