import { CASES, type Scene } from "./cases.ts";
import type { Figure } from "./figure.ts";
import { drawPictures } from "./pictures.ts";

/** Draws the pictures where they are not yet, and measures cases in turn; a case that fails ends the bench. */
export async function measureAll(
  names: readonly string[],
  scene: Omit<Scene, "pictures">,
  tell: (name: string) => void,
): Promise<Figure[]> {
  const pictures = await drawPictures(`${temporaryFolder()}/vitrail-bench-pictures-1`);
  const figures: Figure[] = [];
  for (const { name, measure } of CASES) {
    if (!names.includes(name)) continue;
    tell(name);
    figures.push(...await measure({ pictures, ...scene }));
  }
  return figures;
}

/** Where pictures are kept between runs. */
function temporaryFolder(): string {
  return Deno.env.get("TMPDIR") ?? Deno.env.get("TEMP") ?? "/tmp";
}
