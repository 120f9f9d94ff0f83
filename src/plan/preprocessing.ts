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

/** What every recipe says, and all that an executor needs to know of one. */
export interface Preprocessing {
  /** The name that it goes by. */
  name: string;
  /** The parameters that it was made with, defaults included. */
  parameters: Readonly<Record<string, ParameterValue>>;
  /** What a byte becomes. */
  values: Normalisation;
  /** Whose resampling its pictures get; Pillow's where absent. */
  resampler?: Resampler;
  /** What becomes of transparency where the caller does not say: dropped, where absent, or composited over white. */
  alpha?: "drop" | "white";
}
