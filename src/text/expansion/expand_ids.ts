import { requireGiven } from "../../given/given_value.ts";
import type { ImageText } from "../../plan/image_text.ts";
import { expandedRow, type ExpandedText, type TokenStretch } from "./expanded_row.ts";
import {
  type ExpansionNames,
  type IdOf,
  imageMarks,
  requireExpansion,
  requirePairs,
  runOf,
  writtenMarks,
} from "./image_marks.ts";
import { aheadOf, pictureAhead } from "./picture_ahead.ts";
import { placeholderPieces } from "./placeholder_pieces.ts";
import type { Tokenizer } from "../tokenizer_file.ts";

/**
 * Expands the ids of a text that is tokenized already: each image's mark becomes its placeholder's tokens.
 * All other ids stay as they are.
 *
 * Text at a placeholder's ends stays apart from what stands beside it: in Gemma 3 the newlines around a
 * picture are tokens of their own. {@linkcode expandText} joins them, as Python's processors do.
 *
 * @param ids the token ids, with one mark for each image
 * @param images the pictures and clips, in order
 * @throws {VitrailError} as {@linkcode expandText} does.
 */
export function expandIds(
  ids: ArrayLike<number>,
  images: readonly ImageText[],
  tokenizer: Tokenizer,
  names: ExpansionNames,
): ExpandedText {
  requireGiven("expandIds: ids", ids, "numbers in a list", "[1, 2]");
  requireExpansion(images, tokenizer, names);
  const { marks, idOf } = imageMarks(images, tokenizer, names), ahead = aheadOf(images);
  if (ahead) {
    return pictureAhead(
      [...Array.from(ids), ...idsOfMark(ahead.end, tokenizer, idOf)],
      images,
      tokenizer,
      names,
    );
  }
  const waiting = Map.groupBy(marks.keys(), (image) => marks[image].mark);
  const sought = [...writtenMarks(marks)]
    .map(([written, mark]) => ({ mark, ids: idsOfMark(written, tokenizer, idOf) }))
    .sort((a, b) => b.ids.length - a.ids.length);
  const stretches: TokenStretch[] = [], found: string[] = [];
  for (let at = 0; at < ids.length;) {
    const match = sought.find((one) => one.ids.length > 0 && one.ids.every((id, i) => ids[at + i] === id));
    const image = match && waiting.get(match.mark)!.shift();
    if (match) found.push(match.mark);
    if (image === undefined) stretches.push({ id: ids[at], times: 1 });
    else {
      const run = runOf(image, marks[image], tokenizer, idOf), last = stretches.at(-1);
      const shared = images[image].joined && last?.image !== undefined && last.id === run[0].id;
      stretches.push(...run.slice(shared ? 1 : 0));
    }
    at += match?.ids.length ?? 1;
  }
  requirePairs(marks, found, names);
  return expandedRow(stretches, images);
}

/** Returns the ids of a mark, each of its pieces tokenized for itself. */
function idsOfMark(mark: string, tokenizer: Tokenizer, idOf: IdOf): readonly number[] {
  const whole = idOf(mark);
  if (whole !== undefined) return [whole];
  return placeholderPieces({ placeholder: mark }).flatMap(({ text, times }) => {
    const id = idOf(text);
    return id === undefined ? tokenizer(text.repeat(times), false) : Array<number>(times).fill(id);
  });
}
