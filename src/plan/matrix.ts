import { mat3 } from "wgpu-matrix";
import type { CanvasView, View } from "./view.ts";

/**
 * wgpu-matrix mat3 from the upright picture's pixels to a canvas view's pixels, through every canvas between them; of several
 * placements the first counts. On a joined sheet it is from the sheet's pixels.
 */
export function canvasMatrix(views: readonly View[], view: number): Float32Array {
  const { placements } = views[view] as CanvasView;
  const [{ source, crop, content, offset }] = placements;
  const scale = [
    content.width / (crop.right - crop.left),
    content.height / (crop.bottom - crop.top),
  ] as const;
  const matrix = mat3.translation([offset.x, offset.y]);
  mat3.scale(matrix, scale, matrix);
  mat3.translate(matrix, [-crop.left, -crop.top], matrix);
  if ("picture" in source) return matrix as Float32Array;
  if ((views[source.view] as CanvasView).placements.length > 1) return matrix as Float32Array;
  return mat3.multiply(matrix, canvasMatrix(views, source.view)) as Float32Array;
}
