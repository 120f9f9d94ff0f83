import { readBoundedText } from "../../formats/bounded_file.ts";
import { dirname, isAbsolute, join } from "node:path";
import type { ConversationOptions } from "../../engine/conversation/conversation_options.ts";
import type { MediaRecipes } from "../../engine/conversation/plan_conversation.ts";
import { messageOf, VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";
import { type ModelSource, readModel, type SourceFile } from "../../hub/hub_model.ts";
import type { ModelFiles } from "../../hub/model_files.ts";
import { modelJson, modelTemplate, modelTokenizer } from "../../hub/model_texts.ts";
import { recipeFromConfig } from "../../recipes/config.ts";
import { type Recipe, takesClips } from "../../recipes/recipe.ts";
import { readChatTemplate } from "../../sft/text/chat_template_file.ts";
import type { ChatTemplate } from "../../text/chat_template.ts";
import { jsonObjectAt } from "../../text/json_object.ts";
import type { Message } from "../../text/messages.ts";
import { readTokenizer } from "../../text/read_tokenizer.ts";
import type { TokenizerFile } from "../../text/tokenizer_file.ts";
import type { Arguments, Flag } from "./arguments.ts";
import { chosenRecipe } from "./recipe_flags.ts";
import { dtypeOf, orientOf } from "./run_flags.ts";

/** The flags that make a plan one of a conversation. */
export const CONVERSATION_FLAGS: readonly Flag[] = [
  {
    name: "messages",
    value: "FILE",
    text: "plan a conversation: JSON, a list of messages with roles and contents, or a list of such lists",
  },
  { name: "tokenizer", value: "FILE", text: "its tokenizer.json (default the one of the model --recipe)" },
  {
    name: "template",
    value: "FILE",
    text:
      "its chat template: a Jinja file or a tokenizer_config.json (default the one of the model --recipe)",
  },
  {
    name: "clips",
    value: "FILE.json",
    text: "the recipe of its clips (default the video_preprocessor_config.json of the model --recipe)",
  },
  { name: "generation-prompt", text: "end the conversation with the head of the answer that is asked for" },
];

/** A conversation, or several, as the flags name them. */
export interface ConversationArguments {
  readonly recipe: Recipe | MediaRecipes;
  readonly options: ConversationOptions & { readonly conversations: readonly (readonly Message[])[] };
  /** The model's files that were read; absent where the recipe is of no model's. */
  readonly source?: ModelSource;
}

/**
 * Reads the conversation that `--messages` names, and what it is planned with. Paths of pictures are relative
 * to its file.
 * @throws {VitrailError} `usage` for a file that is no conversation, and for a tokenizer or a template that
 * is neither named nor the model's; `io` for a file that cannot be read; what `chosenRecipe` throws.
 */
export async function conversationOf(args: Arguments): Promise<ConversationArguments> {
  const { recipe, source, files: found } = await chosenRecipe(args), path = args.text("messages")!;
  const read = new Map((source?.files ?? []).map((file) => [file.place, file]));
  const note = ({ name, from, place }: SourceFile) => read.set(place, { name, from, place });
  const files = found && noting(found, note);
  const conversations = conversationsOf(await readJson(path), path);
  const [tokenizer, template, clips, model] = await Promise.all([
    tokenizerOf(args, files),
    templateOf(args, files),
    takesClips(recipe) ? undefined : clipsOf(args, files, conversations, note),
    files && modelJson(files, "config.json"),
  ]);
  return {
    recipe: clips === undefined ? recipe : { pictures: recipe, clips },
    options: {
      conversations,
      tokenizer,
      template,
      generationPrompt: args.on("generation-prompt"),
      dtype: dtypeOf(args),
      orient: orientOf(args),
      ...(typeof model?.model_type === "string" && { model }),
    },
    source: source && { ...source, files: [...read.values()] },
  };
}

/** Returns the files of a model as they are, which call `note` for each that is read by its name. */
function noting(files: ModelFiles, note: (file: SourceFile) => void): ModelFiles {
  return {
    what: files.what,
    configs: (clips) => files.configs(clips),
    async read(name) {
      const file = await files.read(name);
      if (file) note(file);
      return file;
    },
  };
}

async function tokenizerOf(args: Arguments, files: ModelFiles | undefined): Promise<TokenizerFile> {
  const path = args.text("tokenizer");
  if (path !== undefined) return await readTokenizer(path);
  return (files && await modelTokenizer(files)) ?? wanting("tokenizer", "tokenizer.json", files);
}

async function templateOf(args: Arguments, files: ModelFiles | undefined): Promise<ChatTemplate> {
  const path = args.text("template");
  if (path !== undefined) return await readChatTemplate(path);
  return (files && await modelTemplate(files)) ?? wanting("template", "chat template", files);
}

/** Returns the recipe of clips: the one that the flag names, or the model's where there is a clip. */
async function clipsOf(
  args: Arguments,
  files: ModelFiles | undefined,
  conversations: readonly (readonly Message[])[],
  note: (file: SourceFile) => void,
): Promise<Recipe | undefined> {
  const path = args.text("clips");
  if (path !== undefined) return recipeFromConfig(await jsonObjectAt(path, "recipe of clips"));
  const parts = conversations.flat().flatMap(({ content }) => Array.isArray(content) ? content : []);
  if (files === undefined || !parts.some((part) => part?.type === "video")) return undefined;
  const { recipe, read } = await readModel(files, { clips: true });
  read.forEach(note);
  return recipe;
}

/** @throws {VitrailError} `usage`: the flag is not given, and the model has no such file. */
function wanting(flag: string, name: string, files: ModelFiles | undefined): never {
  const where = files === undefined ? "--recipe is no model" : `${files.what} holds no ${name}`;
  throw new VitrailError("usage", `a conversation wants --${flag} FILE, since ${where}`);
}

async function readJson(path: string): Promise<unknown> {
  const text = await readBoundedText(path).catch((error) => {
    throw ioError("read the conversation", path, error);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new VitrailError("usage", `the conversation ${path} is not JSON: ${messageOf(cause)}`, { cause });
  }
}

/** Returns a list of conversations, whose pictures' paths are made relative to the file's folder. */
function conversationsOf(json: unknown, path: string): Message[][] {
  const held = (json as { messages?: unknown } | null)?.messages ?? json;
  if (!Array.isArray(held)) {
    throw new VitrailError("usage", `${path} is to be a list of messages, or a list of conversations`);
  }
  const conversations: Message[][] = held.every(Array.isArray) && held.length > 0 ? held : [held];
  return conversations.map((messages) => messages.map((message) => placed(message, dirname(path))));
}

/** The fields of a part that may hold paths. */
const PATHS = ["image", "image_url", "url", "path", "video"];

function placed(message: Message, folder: string): Message {
  if (!Array.isArray(message?.content)) return message;
  const content = message.content.map((part) => {
    if (typeof part !== "object" || part === null) return part;
    const entries = Object.entries(part).map(([name, value]) => {
      return [name, PATHS.includes(name) ? placedIn(folder, value) : value];
    });
    return Object.fromEntries(entries);
  });
  return { ...message, content };
}

/** Returns a path as seen from here, also in a list or in `{ url }`; all else stays as it is. */
function placedIn(folder: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => placedIn(folder, item));
  if (typeof value === "object" && value !== null && "url" in value) {
    return { ...value, url: placedIn(folder, value.url) };
  }
  if (typeof value !== "string" || /^[a-z]+:/i.test(value) || isAbsolute(value)) return value;
  return join(folder, value);
}
