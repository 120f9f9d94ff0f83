import { dirname, isAbsolute, join } from "node:path";
import type { ConversationOptions, MediaRecipes } from "../../engine/conversation/plan_conversation.ts";
import { messageOf, VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";
import { recipeFromConfig } from "../../recipes/config.ts";
import { type Recipe, takesClips } from "../../recipes/recipe.ts";
import { readChatTemplate } from "../../sft/text/chat_template_file.ts";
import { jsonObjectAt } from "../../text/json_object.ts";
import type { Message } from "../../text/messages.ts";
import { readTokenizer } from "../../text/tokenizer_file.ts";
import type { Arguments, Flag } from "./arguments.ts";
import { isFolder } from "./recipe_file.ts";
import { recipeOf } from "./recipe_flags.ts";
import { dtypeOf, orientOf } from "./run_flags.ts";

/** The flags that make a plan one of a conversation. */
export const CONVERSATION_FLAGS: readonly Flag[] = [
  {
    name: "messages",
    value: "FILE",
    text: "plan a conversation: JSON, a list of messages with roles and contents, or a list of such lists",
  },
  { name: "tokenizer", value: "FILE", text: "its tokenizer.json (default the one in --recipe FOLDER)" },
  {
    name: "template",
    value: "FILE",
    text: "its chat template: a Jinja file or a tokenizer_config.json (default the one in --recipe FOLDER)",
  },
  {
    name: "clips",
    value: "FILE.json",
    text: "the recipe of its clips (default the video_preprocessor_config.json in --recipe FOLDER)",
  },
  { name: "generation-prompt", text: "end the conversation with the head of the answer that is asked for" },
];

/** The files of a model's folder that hold its chat template, in the order in which they are looked for. */
const TEMPLATES = ["chat_template.jinja", "chat_template.json", "tokenizer_config.json"];

/** A conversation, or several, as the flags name them. */
export interface ConversationArguments {
  readonly recipe: Recipe | MediaRecipes;
  readonly options: ConversationOptions & { readonly conversations: readonly (readonly Message[])[] };
}

/**
 * Reads the conversation that `--messages` names, and what it is planned with. Paths of pictures are relative
 * to its file.
 * @throws {VitrailError} `usage` for a file that is no conversation, and for a tokenizer or a template that
 * is neither named nor in the recipe's folder; `io` for a file that cannot be read; what `recipeOf` throws.
 */
export async function conversationOf(args: Arguments): Promise<ConversationArguments> {
  const recipe = await recipeOf(args), path = args.text("messages")!;
  const folder = await isFolder(args.text("recipe")!) ? args.text("recipe")! : undefined;
  const [tokenizerPath, templatePath] = await Promise.all([
    fileOf(args, "tokenizer", folder, ["tokenizer.json"]),
    fileOf(args, "template", folder, TEMPLATES),
  ]);
  const clips = args.text("clips") ?? await foundIn(folder, ["video_preprocessor_config.json"]);
  const config = await foundIn(folder, ["config.json"]);
  const model = config === undefined ? undefined : await jsonObjectAt(config, "model's config");
  return {
    recipe: clips === undefined || takesClips(recipe)
      ? recipe
      : { pictures: recipe, clips: recipeFromConfig(await jsonObjectAt(clips, "recipe of clips")) },
    options: {
      conversations: conversationsOf(await readJson(path), path),
      tokenizer: await readTokenizer(tokenizerPath),
      template: await readChatTemplate(templatePath),
      generationPrompt: args.on("generation-prompt"),
      dtype: dtypeOf(args),
      orient: orientOf(args),
      ...(typeof model?.model_type === "string" && { model }),
    },
  };
}

async function readJson(path: string): Promise<unknown> {
  const text = await Deno.readTextFile(path).catch((error) => {
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

function placed(message: Message, folder: string): Message {
  if (!Array.isArray(message?.content)) return message;
  const content = message.content.map((part) => {
    const entries = Object.entries(part ?? {}).map(([name, value]) => [name, placedIn(folder, value)]);
    return part?.type === "text" ? part : Object.fromEntries(entries);
  });
  return { ...message, content };
}

/** Returns a path as seen from here, and a list of such; all else stays as it is. */
function placedIn(folder: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => placedIn(folder, item));
  const path = typeof value === "string" && /[./\\]/.test(value) && !/^[a-z]+:/i.test(value);
  return path && !isAbsolute(value) ? join(folder, value) : value;
}

/** @throws {VitrailError} `usage` where the flag is not given and the folder holds none of the files. */
async function fileOf(
  args: Arguments,
  flag: string,
  folder: string | undefined,
  names: readonly string[],
): Promise<string> {
  const path = args.text(flag) ?? await foundIn(folder, names);
  if (path !== undefined) return path;
  const where = folder === undefined ? "--recipe is no model's folder" : `${folder} holds no ${names[0]}`;
  throw new VitrailError("usage", `a conversation wants --${flag} FILE, since ${where}`);
}

async function foundIn(folder: string | undefined, names: readonly string[]): Promise<string | undefined> {
  for (const name of folder === undefined ? [] : names) {
    const path = join(folder!, name);
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
  return undefined;
}
