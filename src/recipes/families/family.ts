import type { ClassBackends } from "../backend.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";

/** Fields by the `processor_class` that passes them. */
export type PassedFields = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A family of processors: one Python class under all the names that configs give it. */
export interface Family extends ClassBackends {
  /** The name of its recipes. */
  name: string;
  /** The models that it prepares pictures for. */
  models: string;
  /** `image_processor_type` without `Fast` and `Pil`. */
  types: readonly string[];
  /**
   * The fields that a model's processor passes to its image class in each call, whatever the config says.
   * Source: transformers `processing_*.py` of each model, `_defaults`.
   */
  passed?: PassedFields;
  /** Reads a config's fields and makes its recipe. */
  make(fields: Fields): ProcessorRecipe;
}
