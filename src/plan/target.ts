import { type Layout, parsePattern, resolveLayout } from "../layout/mod.ts";
import type { Size } from "./geometry.ts";
import type { Target } from "./view.ts";

/** The layout by which a canvas goes into its target's rows, with the target's copies alone. */
export function targetLayout(canvas: Size, { pattern, sizes, copies }: Target): Layout {
  const layout = resolveLayout(parsePattern(pattern), [3, canvas.height, canvas.width], sizes);
  return copies ? { ...layout, repeats: copies.map((copy) => layout.repeats[copy]) } : layout;
}
