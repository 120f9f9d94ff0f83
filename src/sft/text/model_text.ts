import type { PlannedImage } from "../../plan/plan.ts";
import type { ChatTemplate } from "../../text/chat_template.ts";
import { expandPlacedText, type PlacedText } from "../../text/expansion/expand_text.ts";
import { aheadOf } from "../../text/expansion/picture_ahead.ts";
import { intsOf } from "../../plan/integers.ts";
import { positionIds, requirePositions } from "../../text/positions/position_ids.ts";
import { axesOf, type Rope } from "../../text/positions/rope_rule.ts";
import type { Tokenizer } from "../../text/tokenizer_file.ts";
import type { Turn } from "../data/sample.ts";
import { type ChatMessage, partMessages } from "./chat_messages.ts";
import { IGNORED } from "./labels.ts";
import { type Learn, requireLearnt, spannedTurns } from "./learnt_turns.ts";
import { named, pairedTurns, PLACEHOLDER } from "./placeholders.ts";
import type { TextOf, TextRow } from "./sample_text.ts";
import { requireToolsWritten, type ToolUse, withCalls } from "./template.ts";
import { type TurnFinder, turnFinders } from "./turn_finder.ts";

/** All by which a model's texts are made. */
export interface ModelTextOptions {
  /** The recipe's name in messages. */
  readonly recipe: string;
  /** The model's chat template. */
  readonly template: ChatTemplate;
  /** The model's tokenizer; absent: conversations stay text. */
  readonly tokenizer?: Tokenizer;
  /** The rule of the model's positions; absent where it counts along one axis. */
  readonly rope?: Rope;
  /** The turns that are learnt. */
  readonly learn: Learn;
}

/**
 * Returns what makes samples a model's text, and its tokens, as the model's own template, tokenizer and
 * processor make them: pictures and clips are parts of messages, whose marks become as many tokens as they
 * take. What is learnt is never a picture's token.
 *
 * Contents are lists of parts. Where the template does not write the texts of such lists, messages without
 * pictures have one text in their place.
 *
 * The result throws a {@linkcode VitrailError}: `dataset`, naming the sample, where the template refuses a
 * conversation, drops a picture or hides a turn that is learnt; `limit`, naming it too, where the template
 * goes beyond its bounds; and the errors of {@linkcode expandPlacedText}.
 */
export function modelTexts(options: ModelTextOptions): TextOf {
  const { template, tokenizer, recipe, learn } = options, finderFor = turnFinders(template);
  return (sample, images, where) => {
    const paired = pairedTurns(sample, images.length, where);
    const turns = aheadOf(images) ? paired.map(withoutPictures) : paired;
    const spanned = spannedTurns(turns, learn);
    const finder = finderFor(sample.tools);
    const messages = named(where, () => messagesOf(turns, images, spanned, finder));
    const { text, answers } = named(where, () => finder.render(messages, spanned));
    const write = ({ tools, calls }: ToolUse) => {
      const called = messages.map((message, index) => withCalls(message, calls[index]));
      return named(where, () => template.write(called, false, tools));
    };
    requireToolsWritten(sample, write, template, where);
    if (tokenizer === undefined) return { text };
    requireLearnt(turns, learn, where);
    const names = { recipe, template: template.name, where };
    return { text, row: rowOf(expandPlacedText(text, answers.flat(), images, tokenizer, names), images) };
  };

  function rowOf(expanded: PlacedText, images: readonly PlannedImage[]): TextRow {
    const { ids, types, spans } = expanded, attended = images.flatMap((image) => image.attended ?? []);
    const row: TextRow = {
      ids,
      labels: labelsOf(expanded, learn),
      types,
      spans: images.map((_, index) => {
        const { offset, length, tokens } = spans.find(({ image }) => image === index)!;
        return { start: offset, length, tokens };
      }),
      whole: ids.length,
      ...(attended.length > 0 && { attended }),
    };
    return options.rope ? withPositions(row, expanded, images, options.rope) : row;
  }
}

/** Returns a turn without its pictures, where those go before the whole text. */
function withoutPictures(turn: Turn): Turn {
  return { ...turn, value: turn.value.replaceAll(PLACEHOLDER, "") };
}

/** Returns turns as messages in the form that the template takes. */
function messagesOf(
  turns: readonly Turn[],
  images: readonly PlannedImage[],
  learnt: readonly boolean[],
  finder: TurnFinder,
): ChatMessage[] {
  const parts = partMessages(turns, images.map(({ video }) => video === true));
  if (finder.fits(parts, learnt)) return parts;
  const texts = parts.map((message, index) =>
    turns[index].value.includes(PLACEHOLDER) ? message : { ...message, content: turns[index].value }
  );
  return finder.fits(texts, learnt) ? texts : parts;
}

/**
 * Returns the ids that are learnt, and {@linkcode IGNORED} at all others and at images. The places are those
 * of {@linkcode spannedTurns}.
 */
function labelsOf({ ids, spans, places }: PlacedText, learn: Learn): Int32Array {
  const labels = learn === "all" ? ids.slice() : new Int32Array(ids.length).fill(IGNORED);
  for (let i = 0; i < places.length; i += 2) {
    if (learn === "all") labels.fill(IGNORED, places[i], places[i + 1]);
    else labels.set(ids.subarray(places[i], places[i + 1]), places[i]);
  }
  for (const { offset, length } of spans) labels.fill(IGNORED, offset, offset + length);
  return labels;
}

/**
 * Returns a row with its positions along several axes, which are counted when they are first asked for: a set
 * is planned without them.
 */
function withPositions(
  row: TextRow,
  { types, spans }: PlacedText,
  images: readonly PlannedImage[],
  rope: Rope,
): TextRow {
  const own = { types, images: spans.map(({ image }) => images[image]) };
  requirePositions(own, rope);
  let counted: Pick<TextRow, "positions" | "ropeDelta"> | undefined;
  const count = () => {
    const { position_ids: { data }, rope_deltas } = positionIds([own], rope);
    const positions = data instanceof BigInt64Array ? intsOf(data) : data;
    return { positions, ropeDelta: Number(rope_deltas.data[0]) };
  };
  return Object.defineProperties({ ...row, axes: axesOf(rope) }, {
    positions: { enumerable: true, get: () => (counted ??= count()).positions },
    ropeDelta: { enumerable: true, get: () => (counted ??= count()).ropeDelta },
  });
}
