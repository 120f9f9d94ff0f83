/** Cells of a row, from left to right. */
type Row = readonly string[];

/** The longest line of a list of terms, characters. */
const LINE = 100;

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

/** Returns terms with what each means beside it, wrapped at 100 characters. */
export function termsText(terms: readonly (readonly [term: string, text: string])[]): string {
  const width = LINE - Math.max(...terms.map(([term]) => term.length)) - 4;
  const rows = terms.flatMap(([term, text]) =>
    wrapped(text, width).map((line, index) => [index === 0 ? `  ${term}` : "", line])
  );
  return columnsText(rows);
}

/** Breaks a text between its words into lines of at most `width` characters. */
function wrapped(text: string, width: number): string[] {
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
