import type { Tokenizer } from "npm:@huggingface/tokenizers@0.2.0";
import { anyOf } from "../any_of.ts";
import type { WordIds } from "./remember_words.ts";

/** The fields of a tokenizer's files that decide about its steps. */
interface TokenizerFields {
  readonly model?: { readonly fuse_unk?: boolean };
  readonly post_processor?: LastStep | null;
  readonly remove_space?: boolean;
  readonly do_lowercase_and_remove_accent?: boolean;
}

/** A step after all others, as a tokenizer's file has it. */
interface LastStep {
  readonly type?: string;
  readonly processors?: readonly LastStep[];
  readonly single?: readonly { readonly SpecialToken?: { readonly id: string } }[];
}

/** The texts of the tokens that begin and end a row. */
interface Ends {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * Returns what makes a text's token ids, with `special` among those that begin and end a row, in a fraction
 * of the time that the tokenizer's library takes. Undefined for a tokenizer with steps that are the library's
 * alone.
 *
 * @param fields those of the tokenizer's file, and of its config
 */
export function plainIds(
  tokenizer: Tokenizer,
  fields: TokenizerFields,
  idsOf: WordIds | undefined,
): ((text: string, special: boolean) => number[]) | undefined {
  const { normalizer, pre_tokenizer: cut } = tokenizer;
  const marks = [...tokenizer.get_added_tokens_decoder().values()].filter(({ content }) => content !== "");
  const changed = marks.some(({ lstrip, rstrip, normalized }) =>
    lstrip || rstrip || normalized && normalizer !== null
  );
  const { model, post_processor: last, remove_space, do_lowercase_and_remove_accent } = fields;
  const ends = endsOf(last ?? {});
  if (idsOf === undefined || changed || ends === undefined) return undefined;
  if (model?.fuse_unk || remove_space || do_lowercase_and_remove_accent) return undefined;
  const ids = new Map(marks.map(({ content, id }) => [content, id])), mark = anyOf([...ids.keys()]);
  const [before, after] = [ends.before, ends.after].map((texts) =>
    texts.flatMap((text) => tokenizer.token_to_id(text) ?? [])
  );

  return (text, special) => {
    const all = special ? [...before] : [];
    let from = 0, section = 0;
    const add = (part: string) => {
      const normal = normalizer === null ? part : normalizer(part), own = ids.get(normal);
      if (own !== undefined) all.push(own);
      else if (normal !== "") {
        const words = cut === null ? [normal] : cut(normal, { section_index: section });
        for (const word of words) for (const id of idsOf(word)) all.push(id);
      }
      section++;
    };
    for (const { 0: found, index } of text.matchAll(mark)) {
      if (index > from) add(text.slice(from, index));
      all.push(ids.get(found)!);
      section++;
      from = index + found.length;
    }
    if (from < text.length) add(text.slice(from));
    if (special) all.push(...after);
    return all;
  };
}

/** Returns the tokens that last steps add at the ends of a row; undefined where they do more than that. */
function endsOf({ type, processors = [], single = [] }: LastStep): Ends | undefined {
  if (type === undefined || type === "ByteLevel") return { before: [], after: [] };
  if (type === "Sequence") {
    return processors.map(endsOf).reduce(
      (inner, outer) =>
        inner && outer && {
          before: [...outer.before, ...inner.before],
          after: [...inner.after, ...outer.after],
        },
      { before: [], after: [] },
    );
  }
  if (type !== "TemplateProcessing") return undefined;
  const text = single.findIndex(({ SpecialToken }) => SpecialToken === undefined);
  const marks = single.map(({ SpecialToken }) => SpecialToken?.id ?? "");
  return { before: marks.slice(0, text), after: marks.slice(text + 1) };
}
