import type { Size } from "../../plan/geometry.ts";
import type { Fields } from "../fields.ts";
import { refused, roundHalfEven } from "./common_fields.ts";

/** What a picture's pixels are kept within, and what its sides are multiples of. */
export interface PixelBudget {
  factor: number;
  least: number;
  most: number;
}

/**
 * The budget that `size` gives as `shortest_edge` and `longest_edge`, which count pixels here, or `min_pixels` and
 * `max_pixels`, which go before it.
 * @param older whether the class takes `min_pixels` and `max_pixels`
 * @throws {VitrailError} `recipe` where an end is missing, or the least is more than the most.
 */
export function budgetOf(
  fields: Fields,
  factor: number,
  defaults: Omit<PixelBudget, "factor">,
  older: boolean,
): PixelBudget {
  const size =
    fields.take("size", "an object with shortest_edge and longest_edge, counts of pixels", edges) ?? defaults;
  const least = (older ? fields.count("min_pixels") : undefined) ?? size.least;
  const most = (older ? fields.count("max_pixels") : undefined) ?? size.most;
  if (least === undefined || most === undefined) {
    throw fields.bad("size", "an object with both shortest_edge and longest_edge");
  }
  if (least > most) {
    const field = older && fields.count("min_pixels") !== undefined ? "min_pixels" : "size";
    throw fields.bad(field, `a budget whose least (${least} pixels) is no more than its most (${most})`);
  }
  return { factor, least, most };
}

/** The two ends of a `size`, under their names or those that they had in older files. */
function edges(value: unknown): { least?: number; most?: number } | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { shortest_edge, longest_edge, min_pixels, max_pixels, ...rest } = value as Record<string, unknown>;
  const least = shortest_edge ?? min_pixels ?? undefined, most = longest_edge ?? max_pixels ?? undefined;
  const count = (n: unknown) => n === undefined || Number.isInteger(n) && (n as number) > 0;
  const known = Object.values(rest).every((other) => other === null);
  return known && count(least) && count(most)
    ? { least, most } as { least?: number; most?: number }
    : undefined;
}

/** @throws {VitrailError} `shape` for a picture more than 200 times as long as wide, as Python does. */
export function requireAspect(name: string, picture: Size, { width, height }: Size = picture): void {
  if (Math.max(width, height) / Math.min(width, height) <= 200) return;
  throw refused(name, picture, "one side may be 200 times the other at most");
}

/**
 * The nearest size whose sides are multiples of `factor` and whose pixels, those of all `frames` together, are within the
 * budget. Source: transformers `models/qwen2_vl/image_processing_qwen2_vl.py`, `smart_resize`; with frames
 * `models/glm4v/image_processing_glm4v.py`.
 */
export function withinBudget(
  { width, height }: Size,
  { factor, least, most }: PixelBudget,
  frames = 1,
): Size {
  const round = (side: number) => roundHalfEven(side / factor) * factor;
  const [w, h] = [round(width), round(height)];
  if (frames * h * w > most) {
    const beta = Math.sqrt(frames * height * width / most);
    const floor = (side: number) => Math.max(factor, Math.floor(side / beta / factor) * factor);
    return { width: floor(width), height: floor(height) };
  }
  if (frames * h * w < least) {
    const beta = Math.sqrt(least / (frames * height * width));
    const ceil = (side: number) => Math.ceil(side * beta / factor) * factor;
    return { width: ceil(width), height: ceil(height) };
  }
  return { width: w, height: h };
}
