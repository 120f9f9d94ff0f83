import { roundHalfEven } from "../../recipes/parts/resized_size.ts";

/** A side of a box: its place on an axis. */
export interface BoxSide {
  /** Its share of the picture's width or height. */
  readonly share: number;
  /** Its place on the canvas that the model sees, in pixels. */
  readonly pixel: number;
  /** The canvas's length along the axis. */
  readonly length: number;
  /** True for the right or the lower side of a box. */
  readonly last: boolean;
}

/** The cells of Kosmos-2 along each axis. */
const CELLS = 32;

/**
 * The numbers that stand for a place in a picture, as texts. They are rounded as Python's `round` does.
 * - `pixels`: of the picture as the model sees it, resized and on its canvas;
 * - `thousandths`, `of 999`, `of 1023`: of the picture's width and height;
 * - `shares`: the width and the height are 1, in three digits;
 * - `cells`: of a grid, the first and the last cell that a box covers;
 * - `canvas`: the canvas's width and height are 1, in two digits.
 *
 * Sources: ms-swift `template/base.py`, `normalize_bbox`; those of the styles for the rest.
 */
const UNITS = {
  "pixels": ({ pixel }: BoxSide) => String(roundHalfEven(pixel)),
  "thousandths": ({ share }: BoxSide) => String(roundHalfEven(share * 1000)),
  "of 999": ({ share }: BoxSide) => String(roundHalfEven(share * 999)),
  "of 1023": ({ share }: BoxSide) => String(roundHalfEven(share * 1023)),
  "shares": ({ share }: BoxSide) => decimal(share, 1000),
  "cells": ({ share, last }: BoxSide) => {
    return String(last ? Math.ceil(share * CELLS - 1) : Math.floor(share * CELLS));
  },
  "canvas": ({ pixel, length }: BoxSide) => decimal(pixel / length, 100),
} as const;

/** The name of one of {@linkcode UNITS}. */
export type BoxUnit = keyof typeof UNITS;

/** Returns the number of a side in a unit. */
export function sideText(side: BoxSide, unit: BoxUnit): string {
  return UNITS[unit](side);
}

/** Writes a number in so many parts of 1 as Python writes it. */
function decimal(value: number, parts: number): string {
  const rounded = roundHalfEven(value * parts) / parts;
  return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded);
}
