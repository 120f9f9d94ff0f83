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
import { resultLease } from "../answers/leased_answer.ts";
import { givenMessages } from "../bodies/given_messages.ts";
import { pictureSources } from "../bodies/picture_sources.ts";
import { type ReadRequest, readRequest } from "../bodies/request_fields.ts";
import { described, REFUSALS } from "../openapi/descriptions.ts";
import { requestBody, type RequestField } from "../openapi/request_schemas.ts";
import { conversationPlan, sizedPictures } from "../plans/request_plan.ts";
import { textTensors } from "../plans/text_document.ts";
import { clipRecipe } from "../served_model.ts";
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
    using held = new DisposableStack();
    try {
      const { wanted, text } = await planned(read, parts, signal);
      held.use(await resultLease(bytesOf(wanted), parts, signal));
      const running = wanted.map(async ({ plan, pictures, names }) => {
        return held.use(await parts.batches.run({ plan, pictures, signal }, names));
      });
      const samples = await Promise.all((await Promise.all(running)).map(sampleTensors));
      const tensors = [...joinedTensors(samples), ...text ? textTensors(text) : []];
      const body = safetensorsPieces(tensors, Object.assign({}, ...samples.map(({ metadata }) => metadata)));
      const own = held.move();
      return { type: "application/octet-stream", body, free: () => own.dispose() };
    } finally {
      read[Symbol.dispose]();
    }
  },
};

/**
 * Joins the tensors of pictures and of clips. Clips have no `image_tokens` beside pictures.
 * @throws {VitrailError} `recipe` for another name that both have.
 */
function joinedTensors(samples: readonly { readonly tensors: readonly TensorSource[] }[]): TensorSource[] {
  const joined = new Map<string, TensorSource>();
  for (const tensor of samples.flatMap(({ tensors }) => tensors)) {
    const { name } = tensor;
    if (!joined.has(name)) joined.set(name, tensor);
    else if (name !== "image_tokens") {
      throw new VitrailError("recipe", `pictures and clips both have a tensor ${name}; ask for one of them`);
    }
  }
  return [...joined.values()];
}

/** Plans a request's pixels and its text. */
async function planned(
  read: ReadRequest,
  parts: ServiceParts,
  signal: AbortSignal,
): Promise<{ wanted: Wanted[]; text?: ConversationPlan }> {
  const { model, limits, settings } = parts;
  const sources = pictureSources(read, parts, signal, true);
  const given = await givenMessages(read.fields, sources, limits, clipRecipe(model));
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

/** The bytes of all tensors that are made of pixels. */
function bytesOf(wanted: readonly Wanted[]): number {
  const outputs = wanted.flatMap(({ plan }) => Object.values(plan.outputs));
  return outputs.reduce((sum, { shape, dtype }) => sum + countOf(shape) * ELEMENT_BYTES[dtype], 0);
}
