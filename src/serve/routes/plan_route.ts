import { sha256OfBytes } from "../../formats/sha256.ts";
import { imageDocument, outputsDocument } from "../../report/plan_document.ts";
import type { Medium } from "../../text/messages.ts";
import { givenMessages, requireFew } from "../bodies/given_messages.ts";
import { givenSize } from "../bodies/given_picture.ts";
import { pictureSources } from "../bodies/picture_sources.ts";
import { type ReadRequest, readRequest } from "../bodies/request_fields.ts";
import { REFUSALS } from "../openapi/descriptions.ts";
import { PLAN_RESPONSE } from "../openapi/plan_response.ts";
import { requestBody, type RequestField } from "../openapi/request_schemas.ts";
import { conversationPlan, sizedPictures } from "../plans/request_plan.ts";
import { textDocument } from "../plans/text_document.ts";
import { clipRecipe } from "../served_model.ts";
import type { ServiceParts } from "../service_parts.ts";
import type { Route } from "./route.ts";

const FIELDS: readonly RequestField[] = ["messages", "sizes", "tools", "generation_prompt", "hash"];

/** `POST /plan`: what a model sees of pictures, and its text, before a pixel is decoded. */
export const planRoute: Route = {
  method: "POST",
  path: "/plan",
  operation: {
    operationId: "plan",
    summary: "Grids, tokens and texts of pictures, of which headers alone are read",
    requestBody: requestBody(FIELDS),
    responses: { "200": PLAN_RESPONSE, ...REFUSALS },
  },
  async answer(request, parts, deadline) {
    using read = await readRequest(request, "POST /plan", FIELDS, parts, deadline);
    const { sizes } = read.fields;
    const body = await (sizes ? planOfSizes : planOfMessages)(read, parts, deadline.signal);
    return { type: "application/json", body };
  },
};

/** Returns the plan of given sizes as JSON. */
function planOfSizes(
  { fields: { sizes: given = [] } }: ReadRequest,
  { plans, limits }: ServiceParts,
  signal: AbortSignal,
): Promise<string> {
  requireFew(given.length, limits.maxPictures);
  const sizes = given.map((size, index) => givenSize(size, `sizes[${index}]`, limits.maxPixels));
  return plans.json(sizes, ([place]) => ({ where: `sizes[${place}]` }), signal);
}

/** Returns the plan of a conversation as JSON. */
async function planOfMessages(read: ReadRequest, parts: ServiceParts, signal: AbortSignal): Promise<string> {
  const { hash = true } = read.fields, { model, limits, settings, plans } = parts;
  const sources = pictureSources(read, parts, signal, hash);
  const { messages, media } = await givenMessages(read.fields, sources, limits, clipRecipe(model));
  const factsOf = (places: readonly number[]) => ({
    where: media[places[0]].where,
    ...(hash && { sha256: places.flatMap((place) => hashesOf(media[place])) }),
  });
  if (!model.texts) {
    const pictures = await sizedPictures(media, settings, signal);
    return await plans.json(pictures.map(({ size }) => size), factsOf, signal);
  }
  const plan = await conversationPlan(model, messages, read.fields, settings, signal);
  const [images] = plan.images, [spans] = plan.spans;
  return `${
    JSON.stringify({
      recipe: model.recipe.name,
      outputs: Object.assign({}, ...[plan.plan, plan.clipPlan].map((own) => own && outputsDocument(own))),
      tokens: images.reduce((sum, { tokens = 0 }) => sum + tokens, 0),
      images: spans.map(({ image, offset, length }) => ({
        ...imageDocument(images[image]),
        ...factsOf([image]),
        kind: media[image].video ? "clip" : "picture",
        span: { offset, length },
      })),
      ...textDocument(plan),
    })
  }\n`;
}

/** Returns the hashes of a picture's bytes, or of those of each frame; none where only sizes are known. */
function hashesOf({ value }: Medium): string[] {
  return [value].flat().flatMap((own) => own instanceof Uint8Array ? sha256OfBytes(own) : []);
}
