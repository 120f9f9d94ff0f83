import type { Picture } from "../../codecs/picture.ts";
import type { SizedPicture } from "../../engine/conversation/media.ts";
import type { ConversationPlan } from "../../engine/conversation/plan_conversation.ts";
import { VitrailError } from "../../errors.ts";
import { safetensorsPieces, type TensorSource } from "../../formats/safetensors_pieces.ts";
import { countOf } from "../../layout/shape.ts";
import { ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { Plan } from "../../plan/plan.ts";
import { planInSlices } from "../../recipes/plan_in_slices.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { sampleTensors } from "../../report/sample_tensors.ts";
import type { Medium } from "../../text/messages.ts";
import { Refusal } from "../answers/error_answer.ts";
import { givenMessages } from "../bodies/given_messages.ts";
import { leased } from "../bodies/lease.ts";
import { pictureSources } from "../bodies/picture_sources.ts";
import { type ReadRequest, readRequest } from "../bodies/request_fields.ts";
import { described, REFUSALS } from "../openapi/descriptions.ts";
import { requestBody, type RequestField } from "../openapi/request_schemas.ts";
import { conversationPlan, sizedPictures } from "../plans/request_plan.ts";
import { textTensors } from "../plans/text_document.ts";
import type { ServiceParts } from "../service_parts.ts";
import type { Route } from "./route.ts";

const FIELDS: readonly RequestField[] = ["messages", "tools", "generation_prompt"];

/** A plan with its pictures, whose names are their places in the request. */
interface Wanted {
  readonly plan: Plan<Recipe>;
  readonly pictures: readonly Picture[];
  readonly names: readonly string[];
}

/** `POST /preprocess`: a model's tensors, as a safetensors file. */
export const preprocessRoute: Route = {
  method: "POST",
  path: "/preprocess",
  operation: {
    operationId: "preprocess",
    summary: "The tensors of a conversation under the processor's names, as a safetensors file",
    requestBody: requestBody(FIELDS),
    responses: {
      "200": described("The file", { "application/octet-stream": { type: "string", format: "binary" } }),
      ...REFUSALS,
    },
  },
  async answer(request, parts, deadline) {
    const { signal } = deadline;
    const read = await readRequest(request, "POST /preprocess", FIELDS, parts, deadline);
    let lease: Disposable | undefined;
    try {
      const { wanted, text } = await planned(read, parts, signal);
      lease = await resultsLease(wanted, parts, signal);
      const batches = await Promise.all(wanted.map(({ plan, pictures, names }) => {
        return parts.batches.run({ plan, pictures, signal }, names);
      }));
      const tensors: TensorSource[] = [], metadata: Record<string, string> = {};
      for (const own of await Promise.all(batches.map(sampleTensors))) {
        const names = tensors.map(({ name }) => name); // clips have no image_tokens beside pictures
        tensors.push(...own.tensors.filter(({ name }) => !names.includes(name)));
        Object.assign(metadata, own.metadata);
      }
      tensors.push(...text ? textTensors(text) : []);
      const free = () => lease?.[Symbol.dispose]();
      return { type: "application/octet-stream", body: safetensorsPieces(tensors, metadata), free };
    } catch (error) {
      lease?.[Symbol.dispose]();
      throw error;
    } finally {
      read[Symbol.dispose]();
    }
  },
};

/** Plans a request's pixels and its text. */
async function planned(
  read: ReadRequest,
  parts: ServiceParts,
  signal: AbortSignal,
): Promise<{ wanted: Wanted[]; text?: ConversationPlan }> {
  const { model, limits, settings } = parts;
  const given = await givenMessages(read.fields, pictureSources(read.parts, parts, signal, true), limits);
  const [clips, pictures] = [true, false].map((kind) => given.media.filter(({ video }) => video === kind));
  if (model.texts) {
    const text = await conversationPlan(model, given.messages, read.fields, settings, signal);
    const { plan, call, clipPlan, clipCall } = text;
    return { wanted: [...wantedOf(pictures, plan, call), ...wantedOf(clips, clipPlan, clipCall)], text };
  }
  const sized = await sizedPictures(given.media, settings, signal);
  if (sized.length === 0) return { wanted: [] };
  const sizes = sized.map(({ size }) => size), { recipe } = model;
  const plan = await planInSlices(recipe, sizes, settings.dtype, undefined, undefined, signal);
  return { wanted: wantedOf(pictures, plan, sized.map(pictureOf)) };
}

function pictureOf({ picture }: SizedPicture): Picture | undefined {
  return picture;
}

/** @throws {VitrailError} `usage` for pictures of which only the size is known. */
function wantedOf(
  media: readonly Medium[],
  plan: Plan<Recipe> | undefined,
  call: readonly (Picture | undefined | readonly Picture[])[] = [],
): Wanted[] {
  if (plan === undefined) return [];
  const pictures = call.flat().filter((picture) => picture !== undefined) as Picture[];
  const names = media.flatMap(({ value, where }) => [value].flat().map(() => where));
  if (pictures.length === plan.pictures.length) return [{ plan, pictures, names }];
  const bare = media.find(({ value }) => ![value].flat().every((own) => own instanceof Uint8Array));
  throw new VitrailError("usage", `${bare?.where} is a size, and has no pixels; POST /plan takes sizes`);
}

/**
 * Waits for memory of the results.
 * @throws {Refusal} 413 for results that would not fit if they were alone.
 */
async function resultsLease(
  wanted: readonly Wanted[],
  { results, limits }: ServiceParts,
  signal: AbortSignal,
): Promise<Disposable> {
  const outputs = wanted.flatMap(({ plan }) => Object.values(plan.outputs));
  const bytes = outputs.reduce((sum, { shape, dtype }) => sum + countOf(shape) * ELEMENT_BYTES[dtype], 0);
  if (bytes <= limits.inFlightBytes) return await leased(results, bytes, signal);
  throw new Refusal(
    413,
    "limit",
    `the result has ${bytes} bytes; ${limits.inFlightBytes} (--in-flight-bytes) is the most`,
  );
}
