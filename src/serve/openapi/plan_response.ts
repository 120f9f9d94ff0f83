import { described, type Schema } from "./descriptions.ts";

const whole: Schema = { type: "integer" };
const pair: Schema = { type: "array", items: whole, minItems: 2, maxItems: 2 };
const size: Schema = { $ref: "#/components/schemas/Size" };
/** Lists in lists of numbers. */
const lists: Schema = { type: "array", items: {} };

/** A picture or a clip, as `POST /plan` gives it. */
const image: Schema = {
  type: "object",
  required: ["width", "height", "content", "canvas", "offset", "grid", "rows", "tokens", "where"],
  properties: {
    width: whole,
    height: whole,
    content: size,
    canvas: size,
    offset: { type: "object", required: ["x", "y"], properties: { x: whole, y: whole } },
    grid: { ...pair, description: "Rows and columns of tiles or patches" },
    rows: { ...pair, description: "Its rows of the main output: the first, and one after the last" },
    tokens: { type: ["integer", "null"], description: "Null where the recipe does not say" },
    placeholder: { type: "string", description: "The text that stands for it" },
    where: { type: "string", description: "Its place in the request: messages[0].content[1]" },
    sha256: {
      type: "array",
      items: { type: "string" },
      description: "Of its bytes; of a clip, each frame's",
    },
    kind: { type: "string", enum: ["picture", "clip"] },
    span: {
      type: "object",
      required: ["offset", "length"],
      properties: { offset: whole, length: whole },
      description: "Its place in input_ids",
    },
  },
};

/** The answer of `POST /plan`. */
export const PLAN_RESPONSE: Schema = described("The plan", {
  "application/json": {
    type: "object",
    required: ["recipe", "outputs", "tokens", "images"],
    properties: {
      recipe: { type: "string" },
      outputs: {
        type: "object",
        description: "The tensors that POST /preprocess gives, by name",
        additionalProperties: {
          type: "object",
          required: ["dtype", "shape"],
          properties: { dtype: { type: "string" }, shape: { type: "array", items: whole } },
        },
      },
      tokens: { type: ["integer", "null"], description: "Of all pictures and clips" },
      images: { type: "array", items: image },
      text: { type: "string", description: "The conversation as the template writes it" },
      input_ids: lists,
      attention_mask: lists,
      mm_token_type_ids: lists,
      cross_attention_mask: lists,
      position_ids: lists,
      rope_deltas: lists,
    },
  },
});
