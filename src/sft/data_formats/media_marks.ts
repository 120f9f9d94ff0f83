/** A text by which data sets mark the place of a picture or of a clip. */
export interface MediaMark {
  /** The text, as messages show it. */
  readonly text: string;
  /** The text as a pattern. A first group holds the medium's number. */
  readonly pattern: RegExp;
  /** True for a model's own token, which is never words. */
  readonly token: boolean;
}

/** The marks of pictures: that of most data sets first, then those of models' own templates. */
export const PICTURE_MARKS: readonly MediaMark[] = [
  words("<image>"),
  token("<ImageHere>"),
  token("<|image_pad|>", /(?:<\|vision_start\|>)?<\|image_pad\|>(?:<\|vision_end\|>)?/g),
  words("<img></img>", /<img>\s*<\/img>/g),
  token("<IMG_CONTEXT>", /(?:<img>)?<IMG_CONTEXT>(?:<\/img>)?/g),
  token("<start_of_image>"),
  token("<image_soft_token>"),
  token("<|image|>"),
  token("<|IMAGE|>"),
  token("<|media_pad|>"),
  token("<|image_1|>", /<\|image_(\d{1,4})\|>/g),
  words("[IMG]"),
  words("<image_1>", /<image_(\d{1,4})>/g),
  words("<image 1>", /<image (\d{1,4})>/g),
  words("<image_placeholder>"),
];

/** A picture that a text names itself, `<img>a.png</img>`, as Qwen-VL's data sets do. */
export const NAMED_PICTURE = /<img>[^<>]+\.(?:avif|bmp|gif|jpe?g|png|tiff?|webp)<\/img>/i;

/** The marks of clips. */
export const CLIP_MARKS: readonly MediaMark[] = [
  words("<video>"),
  token("<|video_pad|>", /(?:<\|vision_start\|>)?<\|video_pad\|>(?:<\|vision_end\|>)?/g),
  token("<|video|>"),
  token("<|VIDEO|>"),
];

/**
 * Texts by which some code marks a picture, a clip or sound, in capitals or not: those above, `<imagehere>`,
 * `<image_pad>`, `<im_patch>`, `<audio>`, `[IMAGE]`, `<image />`, `&lt;image&gt;` and the like.
 */
const MARK_LIKE = new RegExp(
  "<\\|?(?:image|video|audio)(?:[ _-]?" +
    "(?:here|pad|placeholder|token|soft_token|context|start|\\d{1,4}))?\\|?\\s?/?>|" +
    "&lt;(?:image|video|audio)\\s?/?&gt;|" +
    "<\\|?img_?(?:here|pad|placeholder|token|context|start|\\d{1,4})\\|?>|<im_patch>|<\\|img\\|>|" +
    "<\\|(?:media|vision)_(?:pad|start)\\|>|<start_of_image>|\\[image\\]|\\[IMG\\]",
  "gi",
);

/** Code in a text, as Markdown has it. Tags in it are what the text is about. */
const CODE = /```[^]*?```|`[^`\n]*`/g;

/**
 * Returns the first text that looks like a mark of a medium, but for those of `read` and those in backticks;
 * undefined for none.
 */
export function markLike(text: string, read: readonly string[] = []): string | undefined {
  return text.replaceAll(CODE, "``").match(MARK_LIKE)?.find((mark) => !read.includes(mark));
}

/** As {@linkcode markLike}, without the marks that are read. */
export function unreadMark(text: string): string | undefined {
  return markLike(
    [...PICTURE_MARKS, ...CLIP_MARKS].reduce((left, { pattern }) => left.replaceAll(pattern, " "), text),
  );
}

/**
 * Returns the mark by which the texts of a record's `conversations` say where its pictures are: `<ImageHere>`
 * before any other. Undefined where there is none.
 */
export function markOf({ conversations }: { readonly conversations?: unknown }): string | undefined {
  if (!Array.isArray(conversations)) return undefined;
  const texts = conversations.map((turn) => (turn as { value?: unknown } | null)?.value);
  const text = texts.filter((value) => typeof value === "string").join("\n");
  if (text.includes("<ImageHere>")) return "<ImageHere>";
  return [...PICTURE_MARKS, ...CLIP_MARKS].find(({ pattern }) => text.match(pattern) !== null)?.text;
}

/** A mark that a text may hold in other meanings, such as HTML. */
function words(text: string, pattern = literal(text)): MediaMark {
  return { text, pattern, token: false };
}

/** A mark that is a model's token. */
function token(text: string, pattern = literal(text)): MediaMark {
  return { text, pattern, token: true };
}

function literal(text: string): RegExp {
  return new RegExp(text.replaceAll(/[[\]|]/g, "\\$&"), "g");
}
