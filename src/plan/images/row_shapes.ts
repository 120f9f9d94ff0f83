import { outputShapeOf } from "../../layout/layout.ts";
import { parsePattern } from "../../layout/pattern.ts";
import { countOf } from "../../layout/shape.ts";
import type { Size } from "../geometry.ts";
import { PLACE_ELEMENTS, type Target } from "../view.ts";

/** The rows that a canvas is cut into: how many, and the shape of each. */
export interface RowShape {
  readonly rows: number;
  readonly shape: readonly number[];
}

/** The way in which a canvas is cut into rows. */
type Cutting = Pick<Target, "pattern" | "sizes" | "places">;

/** The rows of the canvas that each pattern cut last: pictures of one size have the same. */
export class RowShapes {
  readonly #last = new Map<string, RowShape & Size & Cutting>();

  /** Returns the rows that a canvas is cut into; `places` as in `Composer.target`. */
  of({ width, height }: Size, { pattern, sizes, places }: Cutting): RowShape {
    const last = this.#last.get(pattern);
    const isSame = last?.width === width && last.height === height && last.places === places &&
      areSame(last.sizes, sizes);
    if (isSame) return last;
    const [rows, ...own] = outputShapeOf(parsePattern(pattern), [3, height, width], sizes);
    const shape = places ? [countOf(own) + PLACE_ELEMENTS] : own;
    const cut = { width, height, pattern, sizes: { ...sizes }, places, rows, shape };
    this.#last.set(pattern, cut);
    return cut;
  }
}

function areSame(some: Cutting["sizes"], others: Cutting["sizes"]): boolean {
  for (const name in others) if (some[name] !== others[name]) return false;
  return Object.keys(some).length === Object.keys(others).length;
}

/** Tells if an output of a shape has rows of this one. */
export function isRowOf(shape: readonly number[], row: readonly number[]): boolean {
  return shape.length === row.length + 1 && row.every((size, axis) => size === shape[axis + 1]);
}
