import type { JsonObject } from "../../../recipes/model_config.ts";

/** A model, as it is chosen on the page. */
export type ModelOrder =
  /** A recipe of Vitrail's own, by its name. */
  | { readonly recipe: string }
  /** A class of transformers with its defaults, and the class of the processor around it. */
  | { readonly image_processor_type: string; readonly processor_class?: string }
  /** Files that were dropped, by name. */
  | { readonly files: Readonly<Record<string, JsonObject>> };

/** All that decides what the page shows. */
export interface Order {
  readonly model: ModelOrder;
  /** Settings, one a line: `NAME=VALUE`. */
  readonly settings: string;
  /** The pictures of the one sample, in order. */
  readonly pictures: readonly File[];
}
