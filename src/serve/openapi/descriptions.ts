import type { Json } from "../routes/route.ts";

/** A JSON schema. */
export type Schema = { readonly [name: string]: Json };

/** Returns a response, as OpenAPI describes it; its body is an error where no content is given. */
export function described(description: string, content?: Readonly<Record<string, Schema>>): Schema {
  const types = content ?? { "application/json": { $ref: "#/components/schemas/Error" } };
  return { description, content: contentOf(types) };
}

/** Returns types of contents with their schemas. */
export function contentOf(types: Readonly<Record<string, Schema>>): Schema {
  return Object.fromEntries(Object.entries(types).map(([type, schema]) => [type, { schema }]));
}

/** The answers of what takes a body, but for the good one. */
export const REFUSALS: Schema = {
  "400": described("The body cannot be read"),
  "408": described("The body came too slowly"),
  "413": described("The body, a picture or the result is too large"),
  "415": described("The body is of another type"),
  "422": described("The messages or a picture are not as they should be"),
  "429": described("Too many requests are answered now; Retry-After says when to come again"),
  "503": described("The service was asked to end, its GPU failed, or a library cannot be loaded"),
  "504": described("The work takes too long"),
};
