/** Cells of a row, from left to right. */
type Row = readonly string[];

/** The width of text where no window says another, in characters. */
export const TEXT_WIDTH = 80;

/** The most of a line that the terms of a list take; a longer one has a line of its own. */
const TERMS_SHARE = 0.4;

/** Returns rows as text in columns, under a header; a column that holds only numbers is flush right. */
export function tableText(header: Row, rows: readonly Row[]): string {
  const flushRight = header.map((_, column) => rows.every((row) => /^[\d., ]*$/.test(row[column])));
  return columnsText([header, ...rows], flushRight);
}

/** Returns rows of equal length as text in columns, two spaces apart; `flushRight` is by column. */
export function columnsText(rows: readonly Row[], flushRight: readonly boolean[] = []): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) =>
      flushRight[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])
    );
    return cells.join("  ").trimEnd();
  });
  return lines.join("\n");
}

/**
 * Returns terms with what each means beside it, in lines of at most `width` characters.
 * @param shown gives a term its look
 */
export function termsText(
  terms: readonly (readonly [term: string, text: string])[],
  width = TEXT_WIDTH,
  shown: (term: string) => string = (term) => term,
): string {
  const room = Math.floor(width * TERMS_SHARE), lengths = terms.map(([term]) => term.length);
  const column = Math.max(...lengths.filter((length) => length <= room), 0) + 4;
  const lines = terms.flatMap(([term, text]) => {
    const [first, ...others] = wrapped(text, width - column), head = `  ${shown(term)}`;
    const rest = others.map((line) => " ".repeat(column) + line);
    if (term.length > column - 4) return [head, " ".repeat(column) + first, ...rest];
    return [`${head}${" ".repeat(column - 2 - term.length)}${first}`, ...rest];
  });
  return lines.join("\n");
}

/** Breaks a text between its words into lines of at most `width` characters. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line === "") line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}
