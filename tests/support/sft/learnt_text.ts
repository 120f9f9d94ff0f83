import type { Tokenizer } from "../../../src/text/tokenizer_file.ts";

/**
 * Returns the text of a row's learnt tokens by the tokenizer of bytes, with a bar between stretches of them.
 * @param marks the tokenizer's marks
 */
export function learntText(labels: Int32Array, tokenizer: Tokenizer, marks: readonly string[]): string {
  const texts = new Map([...marks, "<s>", "</s>"].map((mark) => [tokenizer.idOf!(mark), mark]));
  for (const text of ["th", "the", " the", "\n\n", "\n\n\n"]) texts.set(tokenizer(text, false)[0], text);
  for (let byte = 0; byte < 128; byte++) {
    const letter = String.fromCharCode(byte), ids = tokenizer(letter, false);
    if (ids.length === 1) texts.set(ids[0], letter);
  }
  let text = "";
  for (const [index, label] of labels.entries()) {
    if (label !== -100) text += texts.get(label) ?? `{${label}}`;
    else if (index > 0 && labels[index - 1] !== -100) text += "|";
  }
  return text;
}
