import type { Size } from "./geometry.ts";
import type { Resampler } from "./tables/resampler.ts";
import type { Normalisation } from "./tables/values.ts";

/** A parameter's value, as recipes take it from code, JSON or `--set`. */
export type ParameterValue =
  | number
  | string
  | boolean
  | null
  | readonly ParameterValue[]
  | { readonly [key: string]: ParameterValue }
  | Size;

/** The part of a recipe that all recipes have. Executors need no more of one. */
export interface Preprocessing {
  /** The recipe's name. */
  name: string;
  /** The parameters that the recipe was made with, defaults included. */
  parameters: Readonly<Record<string, ParameterValue>>;
  /** The rule by which a byte of a canvas becomes a value. */
  values: Normalisation;
  /** The resampler of the pictures; Pillow's where absent. */
  resampler?: Resampler;
  /**
   * The treatment of transparency where the caller does not say. `drop` ignores it, and so does none; `white`
   * composites the picture over white.
   */
  alpha?: "drop" | "white";
}
