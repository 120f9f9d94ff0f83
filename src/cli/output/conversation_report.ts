import type { ConversationPlan } from "../../engine/conversation/plan_conversation.ts";
import { sizeText } from "../../plan/geometry.ts";
import type { PlannedImage } from "../../plan/plan.ts";
import { type Message, readMessages } from "../../text/messages.ts";
import { placeholderPieces } from "../../text/expansion/placeholder_pieces.ts";
import { countText } from "../../report/amounts.ts";
import { imageDocument, outputsDocument } from "../../report/plan_document.ts";
import { tensorLists } from "../../report/tensor_lists.ts";
import { tableText } from "./table.ts";

/** Returns the plan of conversations as JSON gives it: tensors as lists, under Hugging Face's names. */
export function conversationDocument(plan: ConversationPlan, conversations: readonly (readonly Message[])[]) {
  const { input_ids, attention_mask, mm_token_type_ids, position_ids, rope_deltas } = plan;
  const all = [plan.plan, plan.clipPlan].flatMap((own) => own ?? []);
  return {
    recipe: all.map(({ recipe }) => recipe.name)[0] ?? null,
    outputs: Object.assign({}, ...all.map(outputsDocument)),
    conversations: plan.spans.map((spans, index) => ({
      text: plan.texts[index],
      tokens: lengthOf(plan, index),
      images: spans.map(({ image, ...span }) => ({
        file: namesOf(conversations[index])[image],
        ...imageDocument(plan.images[index][image]),
        kind: plan.images[index][image].video ? "clip" : "picture",
        span: { offset: span.offset, length: span.length },
      })),
    })),
    input_ids: tensorLists(input_ids.data, input_ids.shape),
    attention_mask: tensorLists(attention_mask.data, attention_mask.shape),
    mm_token_type_ids: tensorLists(mm_token_type_ids.data, mm_token_type_ids.shape),
    ...(position_ids && { position_ids: tensorLists(position_ids.data, position_ids.shape) }),
    ...(plan.cross_attention_mask && {
      cross_attention_mask: tensorLists(plan.cross_attention_mask.data, plan.cross_attention_mask.shape),
    }),
    ...(rope_deltas && { rope_deltas: tensorLists(rope_deltas.data, rope_deltas.shape) }),
  };
}

/** Returns the plan of conversations as text: for each its text, its images' places, and its positions. */
export function conversationText(
  plan: ConversationPlan,
  conversations: readonly (readonly Message[])[],
): string {
  return plan.spans.map((spans, index) => {
    const names = namesOf(conversations[index]), images = plan.images[index];
    const rows = spans.map(({ image, offset, length, tokens }) => [
      names[image],
      images[image].video ? "clip" : "picture",
      sizeText(images[image].size),
      gridText(images[image]),
      String(tokens),
      String(offset),
      String(length),
      ...positionCells(plan, index, offset),
    ]);
    const last = plan.position_ids ? ["position"] : [];
    const table = tableText(["file", "kind", "size", "grid", "tokens", "offset", "length", ...last], rows);
    const of = spans.reduce((sum, { tokens }) => sum + tokens, 0);
    const expansions = spans.map(({ image }) => `  ${names[image]}: ${shownPlaceholder(images[image])}`);
    return [
      plan.texts[index].trimEnd(),
      ...(rows.length > 0 ? ["", table, "", ...expansions] : []),
      "",
      `${countText(lengthOf(plan, index), "token")}, ${of} of them images'${positionsText(plan, index)}`,
    ].join("\n");
  }).join("\n\n");
}

/** Returns the names of a conversation's images: their files, or their places in the messages. */
function namesOf(messages: readonly Message[]): string[] {
  return readMessages(messages).media.map(({ value, where }) => typeof value === "string" ? value : where);
}

/** Returns the grid of an image's tokens, where it is known, or of its tiles or patches. */
function gridText({ tokenGrid, grid, video }: PlannedImage): string {
  if (tokenGrid === undefined) return grid.join("x");
  const { steps, rows, columns } = tokenGrid;
  return video ? `${steps}x${rows}x${columns}` : `${rows}x${columns}`;
}

/** Returns a placeholder with each run of a mark written once, beside its length. */
function shownPlaceholder(image: PlannedImage): string {
  return placeholderPieces(image, image.token)
    .map(({ text, times }) => times === 1 ? text : `${text}×${times} `).join("")
    .replaceAll("\n", "\\n").trimEnd();
}

/** Returns the position of a token on all axes, in one cell; none where the model counts along one axis. */
function positionCells({ position_ids }: ConversationPlan, row: number, token: number): string[] {
  if (!position_ids) return [];
  const { shape: [axes, rows, length], data } = position_ids;
  const places = Array.from({ length: axes }, (_, axis) => data[(axis * rows + row) * length + token]);
  return [places.join(", ")];
}

function positionsText(plan: ConversationPlan, index: number): string {
  const { rope_deltas, position_ids } = plan;
  if (!rope_deltas || !position_ids) return "";
  const delta = Number(rope_deltas.data[index]), next = lengthOf(plan, index) + delta;
  return `; positions along ${position_ids.shape[0]} axes, the next at ${next} (rope_delta ${delta})`;
}

/** Returns the count of a row's tokens, without padding. */
function lengthOf({ attention_mask: { data, shape: [, length] } }: ConversationPlan, index: number): number {
  return data.slice(index * length, (index + 1) * length).filter((one) => one === 1n).length;
}
