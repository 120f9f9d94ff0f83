import type { Composer } from "../plan/composer.ts";
import type { Size } from "../plan/geometry.ts";
import { BySize } from "../plan/images/by_size.ts";
import { mapInSteps } from "../runtime/in_steps.ts";
import { LongList, readerOf } from "../runtime/long_list.ts";
import type { Composing } from "./recipe.ts";

/**
 * Composes each picture of a call as one image, and returns what `compose` gave for each. Pictures of one
 * size become images alike, and are composed once: `compose` goes by the size, and by what all share.
 */
export function* eachPicture<T>(
  composer: Composer,
  compose: (picture: Size, index: number) => T,
): Composing<T[]> {
  const { pictures } = composer, group = {}, made = new LongList<T>(), pictureAt = readerOf(pictures);
  for (let index = 0; index < pictures.length; index++) {
    made.push(composer.alike(index, group, () => compose(pictureAt(index), index)));
    yield;
  }
  return made.list();
}

/** Returns what `of` makes of each size, in order; for equal sizes it is the same. */
export function eachSize<T>(sizes: readonly Size[], of: (size: Size) => T): Composing<T[]> {
  const known = new BySize<T>();
  return mapInSteps(sizes, (size) => known.of(size, () => of(size)));
}
