import type { RowGroup } from "npm:hyparquet@1.31.5";
import { parquetHeader } from "npm:hyparquet@1.31.5/src/column.js";

/** The bytes that most headers of pages have at most. */
const HEADER_BYTES = 2 ** 12;

/**
 * Checks that the pages of a group of rows follow one another to the end of their columns, and announce no
 * more than the columns do. The reader of pages believes their headers, and might go round in them for ever.
 *
 * @param most the most bytes that a page may have when it is unpacked
 * @returns the first thing that is wrong; undefined where nothing is
 * @throws what the reader of headers throws at damaged ones
 */
export function pageProblem(
  { columns, num_rows }: RowGroup,
  slice: (begin: number, end: number) => ArrayBuffer,
  most: number,
): string | undefined {
  for (const { meta_data: meta } of columns) {
    if (meta === undefined) return "a column has no metadata";
    let at = Number(meta.dictionary_page_offset || meta.data_page_offset), values = 0;
    const end = at + Number(meta.total_compressed_size), name = meta.path_in_schema.join(".");
    while (at < end) {
      const { header, length } = headerAt(at, end, slice);
      at += length;
      const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
      const data = header.data_page_header ?? header.data_page_header_v2, own = data?.num_values ?? 0;
      const held = header.dictionary_page_header?.num_values ?? 0;
      if (!isCount(packed) || at + packed > end) return `a page of ${name} has no end`;
      if (!isCount(unpacked) || unpacked > most) return `a page of ${name} announces ${unpacked} bytes`;
      if (!isCount(own) || !isCount(held) || held > most) return `a page of ${name} announces ${own} values`;
      if (packed === 0 && own > 0 && unpacked > 0) return `a page of ${name} is empty`;
      values += own;
      at += packed;
    }
    if (values !== Number(meta.num_values) || !Number.isSafeInteger(Number(num_rows))) {
      return `the column ${name} has ${values} values, ${meta.num_values} are announced`;
    }
    if (values > most) return `the column ${name} announces ${values} values`;
  }
}

/** Returns the header of a page and its length in bytes. Of the page itself little is read. */
function headerAt(at: number, end: number, slice: (begin: number, end: number) => ArrayBuffer) {
  const until = Math.min(end, at + HEADER_BYTES),
    read = (to: number) => {
      const reader = { view: new DataView(slice(at, to)), offset: 0 };
      return { header: parquetHeader(reader), length: reader.offset };
    };
  try {
    return read(until);
  } catch (error) {
    if (until === end) throw error;
    return read(end); // the statistics in a header may be long texts
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
