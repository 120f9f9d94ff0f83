import type { Picture } from "../../codecs/picture.ts";
import { VitrailError } from "../../errors.ts";
import { imageWith } from "../../plan/images/placeholder.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";
import { planInSlices } from "../../recipes/plan_in_slices.ts";
import { requireRecipe } from "../../recipes/plan_sample.ts";
import { type Recipe, takesClips } from "../../recipes/recipe.ts";
import { chatTemplate } from "../../text/chat_template.ts";
import { type Medium, type Message, readMessages } from "../../text/messages.ts";
import { ropeOfModel, ropeOfRecipes } from "../../text/positions/rope_rule.ts";
import { aheadOf } from "../../text/expansion/picture_ahead.ts";
import { type TextInputs, textInputs } from "../../text/text_inputs.ts";
import { untilAborted } from "../run/abort.ts";
import { type ConversationOptions, requireConversationOptions } from "./conversation_options.ts";
import { sizedMedia, type SizedMedium } from "./media.ts";

/** The recipes of a model that takes pictures and clips. */
export interface MediaRecipes {
  /** The recipe of its pictures. */
  readonly pictures: Recipe;
  /** The recipe of its clips. */
  readonly clips: Recipe;
}

/** The plan of conversations: all that a model takes beside pixels, and how the pixels are to be made. */
export interface ConversationPlan extends TextInputs {
  /** The plan of all pictures; absent where there are none. */
  readonly plan?: Plan<Recipe>;
  /** The plan of all clips; absent where there are none. */
  readonly clipPlan?: Plan<Recipe>;
  /** The images of each conversation, which `spans` count: pictures and clips, in order. */
  readonly images: readonly (readonly PlannedImage[])[];
  /** The pictures for `engine.run(recipe, …)`; absent where there are none, or only their sizes are known. */
  readonly call?: Picture[] | Picture[][];
  /** The same for clips: each the list of its frames. */
  readonly clipCall?: Picture[][];
}

/**
 * Plans conversations with pictures and clips: a model's whole text input, and the plans of the pixels. Of
 * pictures it reads headers at most, and it opens no device.
 *
 * ```ts
 * import { planConversation, recipeFromConfig, type Tokenizer } from "@vitrail/vitrail";
 * import { assertEquals } from "@std/assert";
 *
 * const recipe = recipeFromConfig({ image_processor_type: "Qwen2VLImageProcessor" });
 * const marks = ["<|vision_start|>", "<|image_pad|>", "<|vision_end|>"]; // a tokenizer of letters and marks
 * const tokenizer: Tokenizer = (text) =>
 *   [...text.matchAll(/<\|\w+\|>|[^]/g)].map(([piece]) => marks.indexOf(piece) + 1 || piece.charCodeAt(0));
 * const template = `{% for m in messages %}{% for part in m.content %}{% if part.type == "image" %}` +
 *   marks.join("") + `{% else %}{{ part.text }}{% endif %}{% endfor %}{% endfor %}`;
 * const content = [
 *   { type: "image", image: { width: 112, height: 84 } }, // or a path, bytes, pixels
 *   { type: "text", text: "Hm?" },
 * ] as const;
 * const { input_ids, mm_token_type_ids, position_ids, spans } = await planConversation(recipe, {
 *   messages: [{ role: "user", content }],
 *   tokenizer,
 *   template,
 * });
 * assertEquals(input_ids.shape, [1, 1 + 12 + 1 + 3]);
 * assertEquals(spans[0], [{ image: 0, offset: 1, length: 12, tokens: 12 }]);
 * assertEquals([...mm_token_type_ids.data.slice(0, 4)], [0n, 1n, 1n, 1n]);
 * assertEquals(position_ids!.shape, [3, 1, 17]);
 * ```
 *
 * @param recipe the recipe of the pictures, or of the clips, or both
 * @throws {VitrailError} `usage`, with the place, for messages that are not as they should be, for a
 * tokenizer that lacks an image's token, and for an option that is missing; `dataset` where the template
 * fails, or drops a picture; `recipe` where a recipe does not say which text stands for a picture, and for
 * GLM-Image, whose text says how large a picture to be made is; `limit` beyond `maxTokens`; `shape`, `io` and
 * `decode` for pictures. The signal's reason where `signal` is aborted.
 */
export async function planConversation(
  recipe: Recipe | MediaRecipes,
  options: ConversationOptions,
): Promise<ConversationPlan> {
  requireConversationOptions(options);
  return await untilAborted(plannedConversation(recipe, options), options.signal, () => {});
}

async function plannedConversation(
  recipe: Recipe | MediaRecipes,
  options: ConversationOptions,
): Promise<ConversationPlan> {
  const conversations = conversationsOf(options).map((messages, index, { length }) =>
    readMessages(messages, length === 1 ? "messages" : `conversations[${index}]`)
  );
  const recipes = recipesOf(recipe, conversations.flatMap(({ media }) => media));
  const sized = await Promise.all(
    conversations.map(({ media }) => sizedMedia(media, recipes.clips, options)),
  );
  options.signal?.throwIfAborted();
  const pictures = await planned(sized, false, recipes.pictures, options);
  const clips = await planned(sized, true, recipes.clips, options);
  const images = imagesOf(sized, pictures, clips);
  requireFewTokens(images.flat(), options.maxTokens);
  const main = recipes.pictures ?? recipes.clips!;
  const file = "tokenizer" in options.tokenizer ? options.tokenizer : { tokenizer: options.tokenizer };
  const { template } = options;
  const rope = options.rope ??
    (options.model ? ropeOfModel(options.model) : ropeOfRecipes([recipes.clips ?? main, main]));
  if (rope?.rule === "glm_image") throw unfinished(main);
  const text = textInputs(
    conversations.map(({ messages }, index) => ({
      messages,
      images: images[index],
      where: conversations.length === 1 ? "messages" : `conversations[${index}]`,
    })),
    main.name,
    {
      ...file,
      ...(aheadOf(images.flat()) && { padId: 0, padSide: "left" }), // as Fuyu's processor always does
      ...defined({ padId: options.padId, padSide: options.padSide }),
      template: typeof template === "string" ? chatTemplate(template) : template,
      ...defined({ generationPrompt: options.generationPrompt, tools: options.tools }),
      rope,
    },
  );
  return {
    ...text,
    ...defined({ plan: pictures, clipPlan: clips }),
    images,
    ...defined({ call: callOf(sized, pictures), clipCall: clipCallOf(sized) }),
  };
}

/** @throws {VitrailError} `limit` where images become more tokens. */
function requireFewTokens(images: readonly PlannedImage[], most = Infinity): void {
  const tokens = images.reduce((sum, { tokens = 0 }) => sum + tokens, 0);
  if (tokens <= most) return;
  throw new VitrailError("limit", `the pictures become ${tokens} tokens; ${most} (maxTokens) is the most`);
}

/** Returns the error of GLM-Image, whose text says more than its messages do. */
function unfinished({ name }: Recipe): VitrailError {
  return new VitrailError(
    "recipe",
    `the text of ${name} ends with the size of a picture to be made, whose tokens have positions of their ` +
      `own; neither is written here. positionIds counts those of the pictures that are given`,
  );
}

/** @throws {VitrailError} `usage` unless there is one of `messages` and `conversations`. */
function conversationsOf({ messages, conversations }: ConversationOptions): readonly (readonly Message[])[] {
  if (messages !== undefined && conversations === undefined) return [messages];
  if (messages === undefined && Array.isArray(conversations) && conversations.length > 0) {
    return conversations;
  }
  throw new VitrailError("usage", `give messages, one conversation, or conversations, a list of them`);
}

/**
 * Returns the recipes of pictures and of clips.
 * @throws {VitrailError} `usage`, with the place, for a picture or a clip that no recipe takes.
 */
function recipesOf(recipe: Recipe | MediaRecipes, media: readonly Medium[]): Partial<MediaRecipes> {
  if (typeof recipe === "object" && recipe !== null && "pictures" in recipe && "clips" in recipe) {
    requireKind(recipe.pictures, false);
    requireKind(recipe.clips, true);
    return recipe;
  }
  requireRecipe(recipe as Recipe);
  const own = takesClips(recipe as Recipe);
  const odd = media.find(({ video }) => video !== own);
  if (odd === undefined) return own ? { clips: recipe as Recipe } : { pictures: recipe as Recipe };
  const [found, taken] = own ? ["picture", "clips"] : ["clip", "pictures"];
  throw new VitrailError(
    "usage",
    `${odd.where} is a ${found}, and the recipe ${
      (recipe as Recipe).name
    } takes ${taken}; give { pictures, clips }`,
  );
}

/** @throws {VitrailError} `usage` unless a recipe of `{ pictures, clips }` takes what it stands for. */
function requireKind(recipe: Recipe, clips: boolean): void {
  requireRecipe(recipe);
  if (takesClips(recipe) === clips) return;
  const [place, found] = clips ? ["clips", "pictures"] : ["pictures", "clips"];
  throw new VitrailError("usage", `the recipe given for ${place}, ${recipe.name}, takes ${found}`);
}

/** Plans the pictures of all conversations, or their clips; undefined where there are none. */
async function planned(
  sized: readonly (readonly SizedMedium[])[],
  video: boolean,
  recipe: Recipe | undefined,
  { dtype = "f32", signal }: ConversationOptions,
): Promise<Plan<Recipe> | undefined> {
  const own = sized.map((media) => media.filter(({ medium }) => medium.video === video));
  const sizes = own.flat().flatMap(({ pictures }) => pictures.map(({ size }) => size));
  if (sizes.length === 0) return undefined;
  if (video) {
    const counts = own.flat().map(({ pictures }) => pictures.length);
    const chosen = own.flat().map(({ chosen }) => chosen!);
    return await planInSlices(recipe!, sizes, dtype, counts, chosen, signal);
  }
  const counts = own.length > 1 ? own.map(({ length }) => length) : undefined;
  return await planInSlices(recipe!, sizes, dtype, counts, undefined, signal);
}

/**
 * Returns each conversation's images as planned.
 * @throws {VitrailError} `recipe` where a recipe joins pictures to fewer images.
 */
function imagesOf(
  sized: readonly (readonly SizedMedium[])[],
  pictures: Plan<Recipe> | undefined,
  clips: Plan<Recipe> | undefined,
): PlannedImage[][] {
  const left = { false: [...pictures?.images ?? []], true: [...clips?.images ?? []] };
  return sized.map((media) =>
    media.map(({ medium: { video, where } }): PlannedImage => {
      const image = left[`${video}`].shift();
      if (image === undefined) {
        throw new VitrailError("recipe", `${where} has no image of its own: the recipe joins several to one`);
      }
      return video ? imageWith(image, { video }) : image;
    })
  );
}

function callOf(
  sized: readonly (readonly SizedMedium[])[],
  plan: Plan<Recipe> | undefined,
): Picture[] | Picture[][] | undefined {
  if (plan === undefined) return undefined;
  const own = sized.map((media) =>
    media.filter(({ medium }) => !medium.video).flatMap(({ pictures }) => pictures)
  );
  const given = own.map((pictures) => pictures.flatMap(({ picture }) => picture ?? []));
  if (given.flat().length < own.flat().length) return undefined;
  return plan.nested ? given : given.flat();
}

function clipCallOf(sized: readonly (readonly SizedMedium[])[]): Picture[][] | undefined {
  const clips = sized.flat().filter(({ medium }) => medium.video);
  const given = clips.map(({ pictures }) => pictures.flatMap(({ picture }) => picture ?? []));
  const whole = clips.every(({ pictures }, index) => pictures.length === given[index].length);
  return clips.length > 0 && whole ? given : undefined;
}

/** Returns an object without the fields that are undefined. */
function defined<T extends object>(fields: T): Partial<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
