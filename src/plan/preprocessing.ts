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
  /** The treatment of transparency where the caller does not say; it is dropped where absent. */
  alpha?: AlphaTreatment;
}

/**
 * The treatment of transparency. `drop` ignores it. `white` composites the picture over white, and rounds as
 * Pillow does; `white-truncated` composites it in f64, and drops what is less than a byte.
 */
export type AlphaTreatment = "drop" | "white" | "white-truncated";
