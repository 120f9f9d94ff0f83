import { appliedOrientation } from "../../codecs/headers/applied_orientation.ts";
import { probePicture } from "../../codecs/load.ts";
import { planConversation } from "../../engine/conversation/plan_conversation.ts";
import { VitrailError } from "../../errors.ts";
import type { ClipFrames } from "../../plan/clip_frames.ts";
import type { Size } from "../../plan/geometry.ts";
import { mainOutput } from "../../plan/plan.ts";
import { uprightSize } from "../../plan/stored_picture.ts";
import { planSample } from "../../recipes/plan_sample.ts";
import { type Recipe, takesClips } from "../../recipes/recipe.ts";
import { sampleFrames } from "../../recipes/sample_frames.ts";
import { imageDocument, labelsOf, outputsDocument, tokensOfPlan } from "../../report/plan_document.ts";
import type { Command } from "../command.ts";
import type { Arguments } from "../flags/arguments.ts";
import { chosenClips, CLIP_FLAGS, fpsOf, framesOf } from "../flags/clip_flags.ts";
import { CONVERSATION_FLAGS, conversationOf } from "../flags/conversation_flags.ts";
import { pictureArguments } from "../flags/picture_arguments.ts";
import { chosenRecipe, RECIPE_FLAGS } from "../flags/recipe_flags.ts";
import { DTYPE_FLAG, dtypeOf, ORIENT_FLAG, orientOf } from "../flags/run_flags.ts";
import { clipDocument, clipText } from "../output/clip_report.ts";
import { conversationDocument, conversationText } from "../output/conversation_report.ts";
import { sourceText } from "../output/model_source.ts";
import { backendOf, backendText, planTable, totalText } from "../output/plan_report.ts";
import { print, type Terminal } from "../output/terminal.ts";

/** `vitrail plan`: prints the shapes and token counts of a sample, without a GPU and without decoding. */
export const planCommand: Command = {
  name: "plan",
  usage: "FILES|WIDTHxHEIGHT…|--messages FILE [FLAGS]",
  summary: "print the shapes, grids and token counts of a sample, without a GPU and without decoding",
  details: "A size such as 1920x1080 stands for a picture of that size. With --messages, a conversation is " +
    "planned: its token ids with the pictures' in their places, and the positions of a model that " +
    "counts along axes. With a recipe of clips, the pictures are the frames of one; with --frames no " +
    "file is needed.",
  flags: [...RECIPE_FLAGS, ...CLIP_FLAGS, ...CONVERSATION_FLAGS, DTYPE_FLAG, ORIENT_FLAG],
  perform,
};

/** The size of a picture, upright. */
interface NamedSize extends Size {
  /** Its file, or `picture 2` where only a size was given. */
  name: string;
}

async function perform(args: Arguments, terminal: Terminal): Promise<number> {
  if (args.text("messages") !== undefined) return await performConversation(args, terminal);
  const vain = CONVERSATION_FLAGS.find(({ name, value }) => value ? args.text(name) : args.on(name));
  if (vain) throw new VitrailError("usage", `--${vain.name} is for a conversation; give --messages, too`);
  const frames = framesOf(args), fps = fpsOf(args), clip = frames !== undefined || fps !== undefined;
  const { recipe, source } = clip ? await chosenClips(args) : await chosenRecipe(args);
  if (frames !== undefined && args.rest.length === 0) {
    const taken = sampleFrames(recipe, { frames, fps }), text = clipText(recipe.name, taken);
    const document = { recipe: recipe.name, clip: clipDocument(taken), ...(source && { source }) };
    print(terminal, args.on("json"), document, () => text + sourceText(source));
    return 0;
  }
  const all = await sizesOf(args), taken = takenOf(recipe, all, frames, fps);
  const sizes = taken?.indices.map((index) => all[frames === undefined ? index : 0]) ?? all;
  const pictures = sizes.map(({ width, height }) => ({ width, height }));
  const plan = planSample(recipe, pictures, dtypeOf(args), taken && [sizes.length], taken && [taken]);
  const names = sizes.map(({ name }) => name), labels = labelsOf(plan, names);
  const document = {
    recipe: recipe.name,
    backend: backendOf(recipe),
    shape: outputsDocument(plan)[mainOutput(plan)].shape,
    outputs: outputsDocument(plan),
    tokens: tokensOfPlan(plan),
    images: plan.images.map((image, index) => ({ file: labels[index], ...imageDocument(image) })),
    ...(taken && { clip: clipDocument(taken) }),
    ...(source && { source }),
  };
  print(terminal, args.on("json"), document, () => {
    const total = totalText(plan) + backendText(recipe), clip = taken && clipText(recipe.name, taken);
    return [planTable(plan, names), "", total, ...(clip ? [clip] : [])].join("\n") + sourceText(source);
  });
  return 0;
}

/**
 * Returns the frames that a recipe of clips takes: of a clip of `frames` frames, or of those that are given.
 * All that are given are taken where there is neither a count nor a rate.
 * @throws {VitrailError} `usage` for several sizes where a count is given.
 */
function takenOf(
  recipe: Recipe,
  sizes: readonly NamedSize[],
  frames?: number,
  fps?: number,
): ClipFrames | undefined {
  if (!takesClips(recipe)) return undefined;
  if (frames !== undefined && sizes.length > 1) {
    throw new VitrailError("usage", `--frames is of a clip of one size, found ${sizes.length}`);
  }
  if (frames === undefined && fps === undefined) {
    return { indices: sizes.map((_, index) => index), frames: sizes.length };
  }
  return sampleFrames(recipe, { frames: frames ?? sizes.length, fps });
}

async function performConversation(args: Arguments, terminal: Terminal): Promise<number> {
  if (args.rest.length > 0) {
    throw new VitrailError(
      "usage",
      `--messages names the pictures itself, found ${args.rest.join(", ")}, too`,
    );
  }
  const { recipe, options, source } = await conversationOf(args);
  const plan = await planConversation(recipe, options), { conversations } = options;
  print(
    terminal,
    args.on("json"),
    { ...conversationDocument(plan, conversations), ...(source && { source }) },
    () => `${conversationText(plan, conversations)}${sourceText(source)}`,
  );
  return 0;
}

/** Returns the sizes of the pictures that the arguments name, by files' headers or as sizes, in order. */
async function sizesOf(args: Arguments): Promise<NamedSize[]> {
  const sizes: NamedSize[] = [];
  for (const argument of args.rest) {
    const [, width, height] = /^([1-9]\d*)x([1-9]\d*)$/.exec(argument) ?? [];
    if (width) {
      sizes.push({ name: `picture ${sizes.length + 1}`, width: Number(width), height: Number(height) });
    } else if (/^\d*\s*[x×X*,]\s*\d*$/.test(argument)) throw notASize(argument);
    else sizes.push(...await probe(await pictureArguments([argument]), args));
  }
  return sizes.length > 0 ? sizes : await probe(await pictureArguments([]), args);
}

/** Returns the error of a size that is written wrongly, with the right way where it can be told. */
function notASize(argument: string): VitrailError {
  const [, width, height] = /^0*([1-9]\d*)\D+0*([1-9]\d*)$/.exec(argument) ?? [];
  const meant = width ? `; did you mean ${width}x${height}?` : `; if it is a file, say ./${argument}`;
  return new VitrailError("usage", `a size is WIDTHxHEIGHT, both from 1 up, found "${argument}"${meant}`);
}

/** Reads the sizes of files from their headers. */
function probe(files: readonly string[], args: Arguments): Promise<NamedSize[]> {
  return Promise.all(files.map(async (file, index) => {
    const header = await probePicture(file, index);
    const orientation = appliedOrientation(header, orientOf(args), file);
    return { ...uprightSize(header, orientation), name: file };
  }));
}
