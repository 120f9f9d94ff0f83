import { sizedMedia, type SizedPicture } from "../../engine/conversation/media.ts";
import { type ConversationPlan, planConversation } from "../../engine/conversation/plan_conversation.ts";
import type { RunOptions } from "../../engine/options.ts";
import { VitrailError } from "../../errors.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { Medium, Message } from "../../text/messages.ts";
import type { ServedModel } from "../served_model.ts";

/** The options that decide a plan, beside the model and the request. */
export interface PlanSettings extends Pick<RunOptions, "orient" | "maxPixels"> {
  /** The most tokens that the pictures of a text may become. */
  readonly maxTokens: number;
  /** The type of the pixels' elements. */
  readonly dtype: Dtype;
}

/** The fields of a request that decide its text. */
export interface TextFields {
  readonly tools?: readonly unknown[];
  readonly generation_prompt?: boolean;
}

/**
 * Plans a conversation of a request by a model with texts.
 * @param messages with the bytes, or the size, of each picture in its place
 * @throws {VitrailError} what `planConversation` throws.
 */
export function conversationPlan(
  { recipe, clips, texts }: ServedModel,
  messages: readonly Message[],
  { tools, generation_prompt }: TextFields,
  settings: PlanSettings,
  signal: AbortSignal,
): Promise<ConversationPlan> {
  const { tokenizer, template, model } = texts!;
  return planConversation(clips ? { pictures: recipe, clips } : recipe, {
    messages,
    tokenizer,
    template,
    ...(tools !== undefined && { tools }),
    ...(generation_prompt !== undefined && { generationPrompt: generation_prompt }),
    ...(model && { model }),
    ...settings,
    signal,
  });
}

/**
 * Returns the pictures of a conversation with their sizes, for a service without texts.
 * @throws {VitrailError} `usage` for clips, whose times only a text tells; what probing throws.
 */
export async function sizedPictures(
  media: readonly Medium[],
  { orient, maxPixels }: PlanSettings,
  signal: AbortSignal,
): Promise<SizedPicture[]> {
  const clip = media.find(({ video }) => video);
  if (clip) {
    throw new VitrailError("usage", `${clip.where} is a clip, and this service has no tokenizer for it`);
  }
  const sized = await sizedMedia(media, undefined, { orient, maxPixels, signal });
  return sized.flatMap(({ pictures }) => pictures);
}
