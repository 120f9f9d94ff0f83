import type { Composer } from "../../../plan/composer.ts";
import { type Size, sizeOf, wholeOf } from "../../../plan/geometry.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { cellGrid } from "../../../plan/tables/cells.ts";
import type { Filter } from "../../../plan/tables/filters.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import type { Placement } from "../../../plan/view.ts";
import { eachPicture, eachSize } from "../../each_picture.ts";
import { type Fields, isCount } from "../../fields.ts";
import type { CommonFields } from "../../parts/common_fields.ts";
import { part, sameSize, whole } from "../../parts/placements.ts";
import { resizedSize } from "../../parts/resized_size.ts";
import { exactSize } from "../../parts/size_keys.ts";
import { NO_PIXELS, refusal } from "../../refusal.ts";
import type { Composing } from "../../recipe.ts";

/** The least factor by which averaged cells still shrink: transformers' `reducing_gap` of thumbnails. */
const GAP = 2;

/** The steps by which a document becomes a page. */
export interface PageSteps extends Pick<CommonFields, "doResize" | "filter" | "backend"> {
  /** The family's name, for messages. */
  name: string;
  /** `size`: the page. */
  page: Size;
  /** `do_thumbnail`: true where a document that is larger than the page shrinks to fit. */
  thumbnail: boolean;
  /** The filter of that. */
  thumbnailFilter: Filter;
  /** True where Pillow averages cells of pixels before that, of what shrinks to a quarter or less. */
  reduces: boolean;
  /** `do_align_long_axis`: true where a document is turned, so that its longer side is the page's. */
  align: boolean;
  /** `do_pad`: true where black is laid around a document up to the page. */
  pad: boolean;
}

/** A class's defaults. */
export interface PageDefaults {
  /** `size` by default. */
  page: Size;
  /** The order of a `size` that is a list. */
  listed: "[width, height]" | "[height, width]";
  /** The filter of the thumbnail; the filter of the resizing where absent. */
  thumbnailFilter?: Filter;
  /** True where Pillow's twin reduces a page before its thumbnail; false where absent. */
  reduces?: boolean;
}

/**
 * Reads the fields of a document's steps.
 * @throws {VitrailError} `recipe` for a value that makes no sense.
 */
export function pageSteps(
  name: string,
  fields: Fields,
  { doResize, filter, backend }: CommonFields,
  { page, listed, thumbnailFilter = filter, reduces = false }: PageDefaults,
): PageSteps {
  if (fields.boolean("do_center_crop")) throw fields.bad("do_center_crop", "false: pages are not cropped");
  return {
    name,
    doResize,
    filter,
    backend,
    page: pageOf(fields, listed) ?? page,
    thumbnail: fields.boolean("do_thumbnail") ?? true,
    thumbnailFilter,
    reduces: reduces && backend === "pil",
    align: fields.boolean("do_align_long_axis") ?? false,
    pad: fields.boolean("do_pad") ?? true,
  };
}

/** Reads `size`, which older files have as a list. */
function pageOf(fields: Fields, listed: PageDefaults["listed"]): Size | undefined {
  const value = fields.value("size");
  if (!Array.isArray(value)) return exactSize(fields, "size");
  if (value.length !== 2 || !value.every(isCount)) throw fields.bad("size", `a list ${listed}`);
  const [first, second] = value;
  return listed === "[width, height]" ? { width: first, height: second } : { width: second, height: first };
}

/**
 * Composes documents, each as a page. Its shorter side is resized to the page's shorter side, the whole
 * shrinks to fit the page, and black is laid around it.
 * Source: transformers `models/donut/image_processing_donut.py`, `_preprocess`, `thumbnail`, `pad_image`.
 * @throws {VitrailError} `shape` for a picture that cannot become such a page.
 */
export function* composePages(composer: Composer, steps: PageSteps): Composing {
  const contents = yield* eachSize(composer.pictures, (picture) => contentOf(steps, picture));
  yield* eachPicture(composer, (picture, index) => {
    const box = wholeOf(picture), { resized, content } = contents[index];
    const canvas = steps.pad ? steps.page : content;
    if (!sameSize(content, contents[0].content) && !steps.pad) {
      throw refusal(steps.name, picture, "do_pad is false, and pages of the call differ in size");
    }
    const offset = { x: around(canvas.width, content.width), y: around(canvas.height, content.height) };
    if (steps.backend === "pil" && (offset.x < 0 || offset.y < 0)) {
      throw refusal(steps.name, picture, "it is larger than size, to which do_pad pads");
    }
    const source = { picture: index }, shrinks = !sameSize(resized, content);
    let placement = part(source, box, content, shrinks ? steps.thumbnailFilter : steps.filter, offset);
    const cell = cellOf(steps, resized, content);
    if (shrinks && (cell || !sameSize(sizeOf(box), resized))) {
      const placements = [part(source, box, resized, steps.filter)];
      const view = composer.canvas({ canvas: resized, fill: BLACK, placements });
      placement = cell
        ? ofCells(composer, view, resized, cell, { content, offset, filter: steps.thumbnailFilter })
        : whole({ view }, resized, content, steps.thumbnailFilter, offset);
    }
    const target = composer.target(PIXELS, canvas, "c h w -> 1 c h w");
    const main = composer.canvas({ canvas, fill: BLACK, placements: [placement], target });
    composer.image({ size: picture, main, grid: [1, 1] });
  });
}

/** The sizes of a document after its shorter side is resized, and after it shrinks to fit the page. */
function contentOf(steps: PageSteps, picture: Size): { resized: Size; content: Size } {
  const { name, page } = steps;
  requireAligned(steps, picture);
  const edge = Math.min(page.width, page.height);
  const resized = steps.doResize ? resizedSize(picture, { shortest_edge: edge }) : picture;
  const content = steps.thumbnail ? thumbnailSize(name, picture, resized, page) : resized;
  return { resized, content };
}

/** The size of the cells that are averaged before a document shrinks; undefined where none are. */
function cellOf({ reduces }: PageSteps, resized: Size, content: Size): Size | undefined {
  if (!reduces) return undefined;
  const cell = {
    width: Math.trunc(resized.width / content.width / GAP) || 1,
    height: Math.trunc(resized.height / content.height / GAP) || 1,
  };
  return cell.width * cell.height > 1 ? cell : undefined;
}

/**
 * Appends the means of a document's cells, and places them, resampled to a content.
 * Source: Pillow `Image.resize`, `reducing_gap`.
 */
function ofCells(
  composer: Composer,
  view: number,
  size: Size,
  cell: Size,
  placed: Pick<Placement, "content" | "offset" | "filter">,
): Placement {
  const canvas = cellGrid(size, cell),
    cells = { width: canvas.width * cell.width, height: canvas.height * cell.height };
  const means = composer.canvas({
    canvas,
    fill: BLACK,
    placements: [{ ...whole({ view }, cells, canvas, "box"), cell }],
  });
  const crop = wholeOf({ width: size.width / cell.width, height: size.height / cell.height });
  return { source: { view: means }, crop, order: "horizontal-first", ...placed };
}

/** The pixels before a content in the middle of a canvas; an odd one over goes behind. Negative: cut off. */
function around(canvas: number, content: number): number {
  return Math.floor((canvas - content) / 2);
}

/** @throws {VitrailError} `shape` for a document that Python would turn. */
function requireAligned({ name, align, page }: PageSteps, size: Size): void {
  if (!align) return;
  const lies = size.width > size.height && page.width < page.height;
  const stands = size.width < size.height && page.width > page.height;
  if (lies || stands) {
    throw refusal(name, size, "do_align_long_axis turns it, and plans do not; turn it 90° clockwise before");
  }
}

/** The size of a document that shrinks to fit the page. */
function thumbnailSize(name: string, picture: Size, { width, height }: Size, page: Size): Size {
  const within = { width: Math.min(width, page.width), height: Math.min(height, page.height) };
  if (within.width === width && within.height === height) return within;
  if (height > width) within.width = Math.trunc(width * within.height / height);
  else if (width > height) within.height = Math.trunc(height * within.width / width);
  if (within.width > 0 && within.height > 0) return within;
  throw refusal(name, picture, `its thumbnail would be ${within.width}x${within.height}, ${NO_PIXELS}`);
}
