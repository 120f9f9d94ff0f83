import { shown } from "../../errors.ts";
import type { Size } from "../../plan/geometry.ts";
import { type Fields, isCount } from "../fields.ts";
import { refusal } from "../refusal.ts";
import { roundHalfEven } from "./resized_size.ts";

/** The bounds of a picture's count of pixels, and the factor of its sides. */
export interface PixelBudget {
  /** Both sides are multiples of it. */
  factor: number;
  /** The fewest pixels. */
  least: number;
  /** The most pixels. */
  most: number;
}

/** A class's defaults. */
export interface BudgetDefaults {
  /** The fewest pixels. */
  least: number;
  /** The most pixels. */
  most: number;
  /** True for a class that takes `min_pixels` and `max_pixels`, too. */
  minAndMax?: boolean;
  /** A `size` of older files, `[height, width]`, that stands for the defaults. */
  formerSize?: readonly number[];
}

/**
 * Reads the budget that `size` gives as `shortest_edge` and `longest_edge`, which count pixels here.
 * `min_pixels` and `max_pixels` have precedence.
 * The least may be more than the most: Python asks for the most first.
 * @throws {VitrailError} `recipe` where an end is missing.
 */
export function budgetOf(fields: Fields, factor: number, defaults: BudgetDefaults): PixelBudget {
  const former = shown(defaults.formerSize);
  const expected = "an object with shortest_edge and longest_edge, counts of pixels";
  const size = fields.take("size", expected, (value) => {
    return shown(value) === former ? defaults : edges(value);
  }) ?? defaults;
  const least = (defaults.minAndMax ? fields.count("min_pixels") : undefined) ?? size.least;
  const most = (defaults.minAndMax ? fields.count("max_pixels") : undefined) ?? size.most;
  if (least === undefined || most === undefined) {
    throw fields.bad("size", "an object with both shortest_edge and longest_edge");
  }
  return { factor, least, most };
}

/** The two ends of a `size`, under their names or those that they had in older files. */
function edges(value: unknown): { least?: number; most?: number } | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { shortest_edge, longest_edge, min_pixels, max_pixels, ...rest } = value as Record<string, unknown>;
  const least = shortest_edge ?? min_pixels ?? undefined, most = longest_edge ?? max_pixels ?? undefined;
  const known = Object.values(rest).every((other) => other === null);
  const valid = [least, most].every((end) => end === undefined || isCount(end));
  return known && valid ? { least, most } as { least?: number; most?: number } : undefined;
}

/**
 * Refuses a picture more than 200 times as long as wide, as Python does.
 * @param size the size that is judged; the picture's own by default
 * @throws {VitrailError} `shape` for such a picture.
 */
export function requireAspect(name: string, picture: Size, { width, height }: Size = picture): void {
  if (Math.max(width, height) / Math.min(width, height) <= 200) return;
  throw refusal(name, picture, "one side may be 200 times the other at most");
}

/**
 * Returns the nearest size whose sides are multiples of `factor` and whose pixels are within the budget.
 * Source: transformers `models/qwen2_vl/image_processing_qwen2_vl.py`, `smart_resize`; with frames
 * `models/glm4v/image_processing_glm4v.py`.
 * @param frames how often the picture's pixels count
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

/**
 * Returns the size within a budget, for classes that refuse a picture more than 200 times as long as wide.
 * Source: transformers `models/qwen2_vl/image_processing_qwen2_vl.py`, `smart_resize`.
 * @throws {VitrailError} `shape` for such a picture.
 */
export function fittedSize(name: string, picture: Size, budget: PixelBudget): Size {
  requireAspect(name, picture);
  return withinBudget(picture, budget);
}

/**
 * Returns the size within a budget over `frames` equal frames. A picture is first scaled up, sides truncated,
 * until both sides reach the budget's factor.
 * Source: transformers `models/glm4v/image_processing_glm4v.py`, `smart_resize`.
 * @throws {VitrailError} `shape` for a picture that is then more than 200 times as long as wide.
 */
export function fittedFrames(name: string, picture: Size, budget: PixelBudget, frames: number): Size {
  const size = atLeast(picture, budget.factor);
  requireAspect(name, picture, size);
  return withinBudget(size, budget, frames);
}

/** The size scaled up, sides truncated, until both reach `side`. */
function atLeast({ width, height }: Size, side: number): Size {
  if (width >= side && height >= side) return { width, height };
  const scale = Math.max(side / height, side / width);
  return { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
}
