import type { Json } from "../routes/route.ts";
import { contentOf, type Schema } from "./descriptions.ts";

const size: Schema = {
  type: "object",
  required: ["width", "height"],
  additionalProperties: false,
  properties: { width: { type: "integer", minimum: 1 }, height: { type: "integer", minimum: 1 } },
};

/** The schemas that requests are made of. */
export const REQUEST_SCHEMAS: Readonly<Record<string, Schema>> = {
  Size: { ...size, description: "A size in pixels" },
  Picture: {
    description:
      "A data: URI in base64, part:NAME for a part of the body, an http address of a host that the " +
      "service fetches from, or, where nothing is made of its pixels, only its size",
    oneOf: [{ type: "string" }, { $ref: "#/components/schemas/Size" }],
  },
  Message: {
    description: "One message of a conversation. Other fields go to the chat template as they are",
    type: "object",
    required: ["role"],
    properties: {
      role: { type: "string", enum: ["system", "developer", "user", "assistant", "tool"] },
      content: {
        oneOf: [{ type: "string" }, { type: "null" }, {
          type: "array",
          items: { $ref: "#/components/schemas/Part" },
        }],
      },
    },
  },
  Part: {
    oneOf: [
      {
        type: "object",
        required: ["type", "text"],
        properties: { type: { const: "text" }, text: { type: "string" } },
      },
      {
        type: "object",
        required: ["type", "image_url"],
        properties: {
          type: { const: "image_url" },
          image_url: {
            oneOf: [{ type: "string" }, {
              type: "object",
              required: ["url"],
              properties: { url: { type: "string" } },
            }],
          },
        },
      },
      {
        type: "object",
        required: ["type", "image"],
        properties: { type: { const: "image" }, image: { $ref: "#/components/schemas/Picture" } },
      },
      {
        description: "A clip: its frames, or of a longer one the count, the size and the rate",
        type: "object",
        required: ["type", "video"],
        properties: {
          type: { const: "video" },
          video: {
            oneOf: [{ type: "array", items: { $ref: "#/components/schemas/Picture" } }, {
              type: "object",
              required: ["frames", "width", "height"],
              properties: {
                frames: { type: "integer", minimum: 1 },
                width: { type: "integer", minimum: 1 },
                height: { type: "integer", minimum: 1 },
                fps: { type: "number" },
              },
            }],
          },
          fps: { type: "number" },
        },
      },
    ],
  },
};

/** The schemas of the fields of requests, which both are described and read by. */
export const REQUEST_FIELDS = {
  messages: {
    type: "array",
    minItems: 1,
    items: { $ref: "#/components/schemas/Message" },
    description: "The conversation",
  },
  sizes: {
    type: "array",
    items: { $ref: "#/components/schemas/Size" },
    description: "Sizes of pictures, in place of messages",
  },
  tools: { type: "array", items: {}, description: "Tools that the model may call, as JSON schemas" },
  generation_prompt: {
    type: "boolean",
    default: false,
    description: "True ends the text with the head of the answer that is asked for",
  },
  hash: {
    type: "boolean",
    default: true,
    description: "False leaves the contents' sha256 out, and reads no more of a picture than its header",
  },
} satisfies Record<string, Schema>;

/** The name of a request's field. */
export type RequestField = keyof typeof REQUEST_FIELDS;

/** Returns the body of a request with some fields: as JSON, or as one part of several. */
export function requestBody(names: readonly RequestField[]): Schema {
  const fields: Schema = Object.fromEntries(
    names.map((name): [string, Json] => [name, REQUEST_FIELDS[name]]),
  );
  const json: Schema = { type: "object", additionalProperties: false, properties: fields };
  const parts: Schema = {
    type: "object",
    required: ["request"],
    properties: { request: json },
    additionalProperties: { type: "string", format: "binary" },
  };
  return { required: true, content: contentOf({ "application/json": json, "multipart/form-data": parts }) };
}
