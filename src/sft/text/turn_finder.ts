import { VitrailError } from "../../errors.ts";
import type { ChatTemplate } from "../../text/chat_template.ts";
import {
  callsAlone,
  type ChatMessage,
  contentsOf,
  isNameMark,
  markedMessages,
  structureOf,
  withContents,
} from "./chat_messages.ts";
import type { Rendered, TextSpan } from "./template.ts";

/**
 * The text that a template writes around conversations of one structure, whatever their contents say. The
 * contents are counted over all messages.
 */
interface Skeleton {
  /**
   * The texts before, between and behind the contents: one more than there are contents. A mark stands where
   * the name of a tool comes again.
   */
  readonly around: readonly string[];
  /** The turns that are learnt. */
  readonly turns: readonly LearntTurn[];
}

/** A turn in its skeleton, by the contents that it begins and ends with. */
interface LearntTurn {
  readonly first: number;
  readonly last: number;
  /** Characters that are learnt before its first content, and after its last one. */
  readonly before: number;
  readonly after: number;
}

/** The most skeletons that are kept, and characters of their structures, with arguments and thoughts. */
const SKELETONS = 1000, CHARACTERS = 2 ** 20;

/** The most lists of tools whose finders are kept. */
const FINDERS = 20;

/**
 * Renders conversations by a chat template, and finds the turns that are learnt in their text.
 *
 * A template is asked once for each structure, the roles and the kinds of contents, with marks for contents:
 * texts, and the names of tools that are called.
 * An answer begins where the turns before it end, with the head of an answer after them. It ends with the
 * last visible character that its conversation would end with: the mark that ends its turn.
 *
 *     turns before it, and a head   <user>1</user><assistant>
 *     turns up to and with it       <user>1</user><assistant>2</assistant>
 *     the answer                                             2</assistant>
 *
 * Other turns begin with their first word. A template that looks into contents, and then writes something
 * else around them, is asked again with a mark for one turn at a time.
 */
export class TurnFinder {
  readonly #skeletons = new Map<string, Skeleton | undefined>();
  #characters = 0;

  /** Finds turns in the texts of a template. */
  constructor(readonly template: ChatTemplate) {}

  /**
   * Returns a conversation's text, and in it the turns that are learnt.
   * @throws {VitrailError} `dataset` where the template refuses the conversation, fails at it, or does not
   * write what is to be learnt.
   */
  render(messages: readonly ChatMessage[], learnt: readonly boolean[]): Rendered {
    const text = this.template.write(messages, false);
    if (!learnt.includes(true)) return { text, answers: [] };
    const skeleton = this.#skeletonOf(messages, learnt);
    const contents = contentsOf(messages),
      around = skeleton?.around.map((own) => withContents(own, contents));
    const places = around && contentPlaces(text, around, contents);
    if (skeleton === undefined || places === undefined) {
      const answers = messages.flatMap((_, index) =>
        learnt[index] && contentsOf([messages[index]]).length > 0 ? [this.#found(messages, index, text)] : []
      );
      return { text, answers };
    }
    const answers = skeleton.turns.map(({ first, last, before, after }): TextSpan => [
      places[first][0] - before,
      places[last][1] + after,
    ]);
    return { text, answers };
  }

  /** Returns whether the template writes all texts of such a conversation, in order. */
  fits(messages: readonly ChatMessage[], learnt: readonly boolean[]): boolean {
    return this.#skeletonOf(messages, learnt) !== undefined;
  }

  #skeletonOf(messages: readonly ChatMessage[], learnt: readonly boolean[]): Skeleton | undefined {
    const key = JSON.stringify([messages.map(structureOf), learnt]);
    if (!this.#skeletons.has(key)) {
      if (this.#skeletons.size === SKELETONS || this.#characters > CHARACTERS) {
        this.#skeletons.clear();
        this.#characters = 0;
      }
      this.#characters += key.length;
      this.#skeletons.set(key, this.#made(messages, learnt));
    }
    return this.#skeletons.get(key);
  }

  #made(messages: readonly ChatMessage[], learnt: readonly boolean[]): Skeleton | undefined {
    const marked = markedMessages(messages), text = this.#written(marked, false);
    const places = text === undefined ? undefined : markPlaces(text, contentsOf(marked));
    if (text === undefined || places === undefined) return undefined;
    const around = [0, ...places.map(([, to]) => to)].map((from, index) =>
      text.slice(from, places[index]?.[0] ?? text.length)
    );
    const turns: LearntTurn[] = [];
    let next = 0;
    for (const [index, message] of marked.entries()) {
      const first = next, last = (next += contentsOf([message]).length) - 1;
      if (!learnt[index] || last < first) continue;
      const after = this.#learntAfter(marked.slice(0, index + 1), text.slice(places[last][1]));
      const before = message.role === "assistant"
        ? this.#learntBefore(text.slice(0, places[first][0]), around[first], marked.slice(0, index))
        : 0;
      if (before === undefined || after === undefined) return undefined;
      const learntAround = text.slice(places[first][0] - before, places[first][0]) +
        text.slice(places[last][1], places[last][1] + after);
      if (withContents(learntAround, []) !== learntAround) return undefined; // of no known length
      turns.push({ first, last, before, after });
    }
    return { around, turns };
  }

  /**
   * Returns how many characters before an answer's first content are the answer's own.
   * @param text the text up to there
   * @param around the end of it, from the content before
   * @param messages those before the answer
   * @returns undefined where the template writes these otherwise than in the whole
   */
  #learntBefore(text: string, around: string, messages: readonly ChatMessage[]): number | undefined {
    const asked = this.#written(messages, true), unasked = this.#written(messages, false);
    if (asked === undefined || unasked === undefined) return 0;
    if (text.startsWith(asked)) return within(text.length - asked.length, around);
    if (!asked.startsWith(unasked)) return undefined;
    return behindHead(around, asked.slice(unasked.length));
  }

  /**
   * Returns how many characters after a turn's last content are the turn's own.
   * @param messages those up to the turn and with it, its contents marked
   * @param behind the text after that content
   * @returns undefined where the template does not write the turn
   */
  #learntAfter(messages: readonly ChatMessage[], behind: string): number | undefined {
    const through = this.#written(messages, false)?.trimEnd(), mark = contentsOf(messages).at(-1)!;
    const at = through?.indexOf(mark) ?? -1;
    return at < 0 ? undefined : commonLength(through!.slice(at + mark.length), behind);
  }

  /** Returns how many characters a template writes between an answer's head and its first call's name. */
  #callsBefore(messages: readonly ChatMessage[], text: string): number {
    const asked = this.#written(messages, true) ?? "", unasked = this.#written(messages, false) ?? "";
    return asked.startsWith(unasked) ? behindHead(text, asked.slice(unasked.length)) : 0;
  }

  /** Returns what the template writes; undefined where it fails. */
  #written(messages: readonly ChatMessage[], generationPrompt: boolean): string | undefined {
    try {
      return this.template.write(messages, generationPrompt);
    } catch (error) {
      if (error instanceof VitrailError && error.code === "dataset") return undefined;
      throw error;
    }
  }

  /**
   * Finds one turn with a mark in its place alone. The text that the template then writes around it is the
   * real one's, but for the end of its head, where the template looks into the turn itself.
   */
  #found(messages: readonly ChatMessage[], index: number, text: string): TextSpan {
    const [own] = markedMessages([messages[index]]), marked = messages.with(index, own);
    const written = this.#written(marked, false) ?? "", places = markPlaces(written, contentsOf([own])) ?? [];
    const head = written.slice(0, places[0]?.[0]), behind = written.slice(places.at(-1)?.[1]);
    const after = this.#learntAfter(marked.slice(0, index + 1), behind);
    const asked = own.role === "assistant" ? this.#written(messages.slice(0, index), true) : undefined;
    const from = asked !== undefined && text.startsWith(asked)
      ? asked.length
      : commonLength(head, text) - (callsAlone(own) ? this.#callsBefore(messages.slice(0, index), head) : 0);
    const to = text.length - behind.length;
    if (places.length > 0 && after !== undefined && text.endsWith(behind) && from <= to) {
      return [from, to + after];
    }
    throw new VitrailError(
      "dataset",
      `the template ${this.template.name} leaves turn ${index + 1} of ${messages.length} out, ` +
        `or writes it so that what is to be learnt cannot be found`,
    );
  }
}

/** Returns the finders of a template's turns, one for each list of tools. */
export function turnFinders(template: ChatTemplate): (tools: readonly unknown[] | undefined) => TurnFinder {
  const finders = new Map<string, TurnFinder>();
  return (tools) => {
    const key = JSON.stringify(tools ?? null), known = finders.get(key);
    if (known !== undefined) return known;
    if (finders.size === FINDERS) finders.clear();
    const finder = new TurnFinder({
      ...template,
      write: (messages, generationPrompt) => template.write(messages, generationPrompt, tools),
    });
    finders.set(key, finder);
    return finder;
  };
}

/**
 * Returns the places of marks in a text; undefined unless each stands there once, in order. A tool's name may
 * come again, in the answer: its first place is that of the call.
 */
function markPlaces(text: string, marks: readonly string[]): TextSpan[] | undefined {
  const places: TextSpan[] = [];
  for (const mark of marks) {
    const from = text.indexOf(mark), before = places.at(-1)?.[1] ?? 0;
    if (from < before || !isNameMark(mark) && text.includes(mark, from + 1)) return undefined;
    places.push([from, from + mark.length]);
  }
  return places;
}

/**
 * Returns the places of contents in a text, each as it is or stripped; undefined unless the texts around them
 * are those of the skeleton.
 */
function contentPlaces(
  text: string,
  around: readonly string[],
  contents: readonly string[],
): TextSpan[] | undefined {
  if (!text.startsWith(around[0])) return undefined;
  const places: TextSpan[] = [];
  let at = around[0].length;
  for (const [index, content] of contents.entries()) {
    const next = around[index + 1], last = index === contents.length - 1;
    const written = [content, content.trim(), content.trimStart(), content.trimEnd()].find((form) => {
      const end = at + form.length;
      return text.startsWith(form, at) && text.startsWith(next, end) &&
        (!last || end + next.length === text.length);
    });
    if (written === undefined) return undefined;
    places.push([at, at + written.length]);
    at += written.length + next.length;
  }
  return places;
}

/**
 * Returns how many characters of a text are behind the head of an answer, the last one in it. The head may
 * lack its end, behind its first line or any mark: a template may ask for an answer without a thought, and
 * write one that has it. A text without a head gives 0.
 */
function behindHead(text: string, head: string): number {
  const line = head.indexOf("\n") + 1;
  for (let end = head.length; end > 0 && end >= line; end--) {
    if (end < head.length && !"\n>".includes(head[end - 1])) continue;
    const at = text.lastIndexOf(head.slice(0, end));
    if (at >= 0) return text.length - at - end;
  }
  return 0;
}

/** Returns a count of characters; undefined where a text has fewer. */
function within(count: number, text: string): number | undefined {
  return count <= text.length ? count : undefined;
}

/** Returns how many characters two texts begin with in common. */
function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
