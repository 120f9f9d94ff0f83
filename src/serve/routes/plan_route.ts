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
import type { ServiceParts } from "../service_parts.ts";
import { jsonAnswer, type Route } from "./route.ts";

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
    const recipe = parts.model.recipe.name;
    if (read.fields.sizes) return jsonAnswer({ recipe, ...planOfSizes(read, parts) });
    return jsonAnswer({ recipe, ...await planOfMessages(read, parts, deadline.signal) });
  },
};

function planOfSizes({ fields }: ReadRequest, { plans, limits }: ServiceParts) {
  requireFew(fields.sizes!.length, limits.maxPictures);
  const sizes = fields.sizes!.map((size, index) => givenSize(size, `sizes[${index}]`, limits.maxPixels));
  const { sources, images, ...plan } = plans.of(sizes);
  return {
    ...plan,
    images: images.map((image, index) => ({ ...image, where: `sizes[${sources[index][0]}]` })),
  };
}

async function planOfMessages(read: ReadRequest, parts: ServiceParts, signal: AbortSignal) {
  const { hash = true } = read.fields, { model, limits, settings, plans } = parts;
  const { messages, media } = await givenMessages(
    read.fields,
    pictureSources(read.parts, parts, signal, hash),
    limits,
  );
  const facts = (own: readonly Medium[]) => ({
    where: own[0].where,
    ...(hash && { sha256: own.flatMap(hashesOf) }),
  });
  if (!model.texts) {
    const pictures = await sizedPictures(media, settings, signal);
    const { sources, images, ...plan } = plans.of(pictures.map(({ size }) => size));
    return {
      ...plan,
      images: images.map((image, index) => ({
        ...image,
        ...facts(sources[index].map((place) => media[place])),
      })),
    };
  }
  const plan = await conversationPlan(model, messages, read.fields, settings, signal);
  const [images] = plan.images, [spans] = plan.spans;
  return {
    outputs: Object.assign({}, ...[plan.plan, plan.clipPlan].map((own) => own && outputsDocument(own))),
    tokens: images.reduce((sum, { tokens = 0 }) => sum + tokens, 0),
    images: spans.map(({ image, offset, length }) => ({
      ...imageDocument(images[image]),
      ...facts([media[image]]),
      kind: media[image].video ? "clip" : "picture",
      span: { offset, length },
    })),
    ...textDocument(plan),
  };
}

/** Returns the hashes of a picture's bytes, or of those of each frame; none where only sizes are known. */
function hashesOf({ value }: Medium): string[] {
  return [value].flat().flatMap((own) => own instanceof Uint8Array ? sha256OfBytes(own) : []);
}
