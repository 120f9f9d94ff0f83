import { VERSION } from "../../report/version.ts";
import type { Json, Route } from "../routes/route.ts";
import type { Schema } from "./descriptions.ts";
import { REQUEST_SCHEMAS } from "./request_schemas.ts";

const error: Schema = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["code", "message"],
      properties: {
        code: {
          type: "string",
          enum: ["decode", "shape", "recipe", "limit", "dataset", "device", "io", "usage", "internal"],
        },
        message: { type: "string", description: "One line: what is wrong, where, and what would be right" },
      },
    },
  },
};

/** Returns the description of a service's routes, by OpenAPI 3.1. */
export function openapiDocument(routes: readonly Route[]): Schema {
  const paths = routes.map(({ path, method, operation }): [string, Json] => {
    return [path, { [method.toLowerCase()]: operation }];
  });
  return {
    openapi: "3.1.0",
    info: {
      title: "Vitrail",
      version: VERSION,
      description: "Pictures to the tensors of a vision-language model, and their token counts before that",
      license: { name: "MIT", identifier: "MIT" },
    },
    paths: Object.fromEntries(paths),
    components: { schemas: { ...REQUEST_SCHEMAS, Error: error } },
  };
}
