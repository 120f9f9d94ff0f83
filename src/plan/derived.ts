import type { IntegerType } from "./dtype.ts";
import type { ImageText } from "./image_text.ts";

/** An output that is computed from another's values once these are there: a mask of what changed, for one. */
export interface DerivedOutput {
  /** The element type. */
  dtype: IntegerType;
  /** The shape. */
  shape: number[];
  /** The output whose values it is computed from. They are f32. */
  of: string;
  /** Computes the elements, in row-major order, from the other output's. */
  derive(values: Float32Array): readonly number[];
  /** Returns the text of each of the plan's images, in order, which the elements decide. */
  texts(elements: readonly number[]): readonly ImageText[];
}
