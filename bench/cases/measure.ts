import type { Figure } from "../report/figure.ts";
import { CASES } from "./cases.ts";
import { drawnPictures } from "./pictures.ts";
import type { Setup } from "./setup.ts";

/**
 * Draws the pictures that are missing, and measures cases one after another. A case that fails ends the
 * bench.
 * @param tell called with the name of each case before it is measured
 */
export async function measureAll(
  names: readonly string[],
  setup: Omit<Setup, "pictures">,
  tell: (name: string) => void,
): Promise<Figure[]> {
  const pictures = await drawnPictures();
  const figures: Figure[] = [];
  for (const { name, measure } of CASES) {
    if (!names.includes(name)) continue;
    tell(name);
    figures.push(...await measure({ pictures, ...setup }));
  }
  return figures;
}
