import { VitrailError } from "../errors.ts";
import { type Axis, axisText, type Pattern } from "./pattern.ts";
import { countOf, reshapeError, shapeText } from "./shape.ts";

/**
 * Returns the size of every factor of `pattern`, by name, for a tensor of `shape`. `given` fixes those that
 * it names. In each axis of the tensor one factor may be left open; its size is inferred.
 *
 * @throws {VitrailError} `recipe` where a size is missing or does not belong; `shape` where the tensor does
 * not fit.
 */
export function sizesOf(
  pattern: Pattern,
  shape: readonly number[],
  given: Readonly<Record<string, number>>,
): Map<string, number> {
  const sizes = knownSizes(pattern, given);
  checkRank(pattern, shape);
  pattern.left.forEach((axis, index) => inferOne(pattern, axis, index, shape, sizes));

  const expected = pattern.left.map((axis) => countOf(axis.map((factor) => sizes.get(factor.name)!)));
  const wrong = expected.findIndex((size, index) => size !== shape[index]);
  if (wrong >= 0) throw misfitError(pattern, shape, sizes, wrong, expected[wrong]);
  return sizes;
}

/** Returns the sizes that the integers of a pattern and the caller fix. */
function knownSizes(pattern: Pattern, given: Readonly<Record<string, number>>): Map<string, number> {
  const factors = [...pattern.left.flat(), ...pattern.right.flat()];
  const names = new Set(factors.map((factor) => factor.name));
  const sizes = new Map<string, number>();
  for (const factor of factors) if (factor.literal !== undefined) sizes.set(factor.name, factor.literal);
  for (const [name, size] of Object.entries(given)) {
    if (!names.has(name) || sizes.has(name)) {
      throw new VitrailError("recipe", `pattern "${pattern.text}" has no axis ${name} to be ${size} long`);
    }
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new VitrailError("recipe", `axis ${name} of pattern "${pattern.text}" cannot be ${size} long`);
    }
    sizes.set(name, size);
  }
  checkRepeats(pattern, sizes);
  return sizes;
}

/** Requires that each axis that stands only on the right has a size. */
function checkRepeats(pattern: Pattern, sizes: ReadonlyMap<string, number>): void {
  const onLeft = new Set(pattern.left.flat().map((factor) => factor.name));
  for (const { name } of pattern.right.flat()) {
    if (onLeft.has(name) || sizes.has(name)) continue;
    throw new VitrailError(
      "recipe",
      `axis ${name} of pattern "${pattern.text}" stands only on the right, so its size must be given`,
    );
  }
}

/** Requires that the tensor has as many axes as the left side, each a whole number long. */
function checkRank(pattern: Pattern, shape: readonly number[]): void {
  const bad = shape.findIndex((size) => !Number.isSafeInteger(size) || size < 0);
  if (bad >= 0) {
    throw new VitrailError(
      "shape",
      `axis ${bad} of a tensor of shape ${shapeText(shape)} is not a whole number long`,
    );
  }
  const rank = pattern.left.length;
  if (shape.length === rank) return;
  const axes = pattern.left.map(axisText).join(" ");
  throw new VitrailError(
    "shape",
    `pattern "${pattern.text}" does not fit a tensor of shape ${shapeText(shape)}: ` +
      `it takes ${rank} axes, ${axes}, and the tensor has ${shape.length}`,
  );
}

/** Adds the size of the one factor of `axis` that is open, if there is one, to `sizes`. */
function inferOne(
  pattern: Pattern,
  axis: Axis,
  index: number,
  shape: readonly number[],
  sizes: Map<string, number>,
): void {
  const open = axis.map((factor) => factor.name).filter((name) => !sizes.has(name));
  if (open.length === 0) return;
  if (open.length > 1) {
    throw new VitrailError(
      "recipe",
      `pattern "${pattern.text}" leaves the sizes of ${open.join(" and ")} open in ${axisText(axis)}: ` +
        `all but one must be given`,
    );
  }
  const fixed = countOf(axis.map((factor) => sizes.get(factor.name) ?? 1));
  if (shape[index] % fixed !== 0) throw divisionError(pattern, axis, index, shape, fixed, sizes);
  sizes.set(open[0], shape[index] / fixed);
}

/** Makes the error of an axis that its known factors do not divide. */
function divisionError(
  pattern: Pattern,
  axis: Axis,
  index: number,
  shape: readonly number[],
  fixed: number,
  sizes: ReadonlyMap<string, number>,
): VitrailError {
  const below = Math.floor(shape[index] / fixed) * fixed;
  const fits = below > 0 ? `${below} or ${below + fixed}` : `${fixed}`;
  return new VitrailError(
    "shape",
    `pattern "${pattern.text}" does not fit a tensor of shape ${shapeText(shape)}: ` +
      `axis ${index} is ${shape[index]} long, and ${axisText(axis)} with ${sizesText(axis, sizes)} ` +
      `needs a multiple of ${fixed}: ${fits} would fit`,
  );
}

/**
 * Makes the error of an axis whose factors are all known and whose product is not its length. The left side
 * amounts to a reshape, so the error also counts the values on both sides of it. Other libraries report it
 * so, and people search for that text.
 */
function misfitError(
  pattern: Pattern,
  shape: readonly number[],
  sizes: ReadonlyMap<string, number>,
  index: number,
  expected: number,
): VitrailError {
  // An axis of one element has no factors, but a reshape shows it.
  const factored = pattern.left.flatMap((axis) =>
    axis.length === 0 ? [1] : axis.map(({ name }) => sizes.get(name)!)
  );
  const values = countOf(shape);
  // Another leading size of the reshape would mend the leading axis alone.
  const counts = index === 0
    ? reshapeError(values, factored).message
    : `the tensor holds ${values} values and ${shapeText(factored)} holds ${countOf(factored)}`;
  return new VitrailError(
    "shape",
    `pattern "${pattern.text}" does not fit a tensor of shape ${shapeText(shape)}: axis ${index} ` +
      `(${sizesText(pattern.left[index], sizes)}) is ${shape[index]} long, not ${expected}; ${counts}`,
  );
}

/** Returns the known sizes of an axis as text, `p = 336, q = 336`; an integer stands for itself. */
function sizesText(axis: Axis, sizes: ReadonlyMap<string, number>): string {
  const known = axis.filter((factor) => sizes.has(factor.name));
  if (known.length === 0) return axisText(axis);
  return known.map(({ name, text, literal }) => literal === undefined ? `${text} = ${sizes.get(name)}` : text)
    .join(", ");
}
