import type { ConversationPlan } from "../../engine/conversation/plan_conversation.ts";
import type { TensorSource } from "../../formats/safetensors_pieces.ts";
import { tensorLists } from "../../report/tensor_lists.ts";

/** The tensors of a model's text input, under Hugging Face's names. */
const TEXT_TENSORS = [
  "input_ids",
  "attention_mask",
  "mm_token_type_ids",
  "cross_attention_mask",
  "position_ids",
  "rope_deltas",
] as const satisfies (keyof ConversationPlan)[];

/** Returns the text input of a conversation as a safetensors file has it. */
export function textTensors(plan: ConversationPlan): TensorSource[] {
  return TEXT_TENSORS.flatMap((name) => {
    const tensor = plan[name];
    return tensor ? [{ name, ...tensor }] : [];
  });
}

/** Returns the text input of a conversation as JSON gives it: its text, and tensors as lists. */
export function textDocument(plan: ConversationPlan): Readonly<Record<string, unknown>> {
  const lists = textTensors(plan).map(({ name }) => {
    const { data, shape } = plan[name as typeof TEXT_TENSORS[number]]!;
    return [name, tensorLists(data, shape)];
  });
  return { text: plan.texts[0], ...Object.fromEntries(lists) };
}
