import type { ClassBackends } from "../backend.ts";
import type { Fields } from "../fields.ts";
import type { CheckedField } from "../parts/size_keys.ts";
import type { ProcessorRecipe } from "../recipe.ts";

/** Fields by the `processor_class` that passes them. */
export type PassedFields = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * The folders of families' code, by what it makes of pictures. A page fetches each of them when a config asks
 * for it.
 */
export type Alcove = "squares" | "patches" | "tiles" | "documents" | "clips";

/** The functions that read a config's fields and make its recipe, by the families' names. */
export type AlcoveRecipes = Readonly<Record<string, (fields: Fields) => ProcessorRecipe>>;

/** A family of processors: one Python class under all the names that configs give it. */
export interface Family extends ClassBackends {
  /** The name of its recipes. */
  name: string;
  /** The models that it prepares pictures for. */
  models: string;
  /** `image_processor_type` without `Fast` and `Pil`. */
  types: readonly string[];
  /** The folder of its code. */
  alcove: Alcove;
  /**
   * The fields that a model's processor passes to its image class in each call, whatever the config says.
   * Source: transformers `processing_*.py` of each model, `_defaults`.
   */
  passed?: PassedFields;
  /** True where `min_pixels` and `max_pixels` decide, and no `size` goes before them. */
  boundsGoFirst?: boolean;
  /** The fields that it checks without reading them; absent: those that nearly every class checks. */
  checks?: readonly CheckedField[];
  /** The fields of which a null is as one left out, since the class puts its own value there. */
  nullIsAbsent?: readonly string[];
  /**
   * When it checks that `size` and `resample` are no null: `asked`, where `do_resize` is given as true;
   * absent: where it resizes.
   */
  resizeCheck?: "asked" | "never";
  /** True where it reads `size` even if it does not resize. */
  readsSize?: true;
}
