import { VitrailError } from "../../errors.ts";
import { requireGiven } from "../../given/given_value.ts";
import { countOf, shapeText } from "../../layout/shape.ts";

/** The shapes of a splice's inputs, which are known before a single value is read. */
export interface SpliceShapes {
  /** `[rows, N, C]`, or the count of elements of an array that has no shape. */
  features: readonly number[] | number;
  /** Elements of the token that ends each line of tokens; undefined where it is missing. */
  newline: number | undefined;
  /** Elements of the token between the global view and the tiles; undefined where it is missing. */
  separator: number | undefined;
}

/** The shape that features must have. */
interface Needed {
  rows: number;
  /** Tokens a side of one tile; a tile has twice as many patches a side. */
  side: number;
  /** Elements of a token. */
  width: number;
  /** Each picture's grid of tiles. */
  pictures: readonly { grid: readonly [rows: number, columns: number] }[];
}

/** The most pictures whose rows an error spells out. */
const SPELT = 6;

/**
 * Returns the elements of a token, as many as newline and separator have.
 * @throws {VitrailError} `shape` where one is missing, where they differ, or where no features could merge to
 * them.
 */
export function tokenElementsOf(shapes: SpliceShapes): number {
  const { newline, separator, features } = shapes;
  if (typeof features !== "number") {
    requireGiven("the shape of features", features, "a list", "[rows, N, C]");
    for (const size of features) requireGiven("a size of features", size, "a whole number from 0 up");
  }
  const channels = typeof features === "number" ? undefined : features[2];
  const fits = channels === undefined ? "[4C]" : `[${4 * channels}]`;
  for (const [name, count] of [["newline", newline], ["separator", separator]] as const) {
    if (count !== undefined) {
      requireGiven(`the elements of ${name}`, count, "a whole number from 0 up");
      continue;
    }
    const use = name === "newline" ? "ends every row of tokens" : "stands between global view and tiles";
    throw new VitrailError(
      "shape",
      `the ${name} is missing, which ${use}: give { newline, separator }, each ${fits}`,
    );
  }
  if (newline !== separator) {
    throw new VitrailError(
      "shape",
      `newline has ${newline} elements and separator ${separator}; both are one token: ${fits} would fit`,
    );
  }
  if (newline === 0 || newline! % 4 !== 0) {
    throw new VitrailError(
      "shape",
      `newline and separator have ${newline} elements; ` +
        `a token merges 2x2 patches of C channels: ${fits} would fit`,
    );
  }
  return newline!;
}

/**
 * Holds features against the pictures, the recipe and the elements of a token.
 * @throws {VitrailError} `shape` where they do not fit, saying what would.
 */
export function requireFeatures(recipe: string, features: readonly number[] | number, needed: Needed): void {
  const { rows, side, width } = needed;
  const patches = 4 * side * side, channels = width / 4;
  const fits = shapeText([rows, patches, channels]);
  if (typeof features === "number") {
    if (features === countOf([rows, patches, channels])) return;
    if (features % (patches * channels) !== 0 || features === 0) {
      throw new VitrailError(
        "shape",
        `features hold ${features} elements; ${fits}, ${rows * patches * channels} of them, would fit`,
      );
    }
    features = [features / (patches * channels), patches, channels];
  }
  const found = `features ${shapeText(features)}`;
  if (features.length !== 3) {
    throw new VitrailError(
      "shape",
      `${found} have ${features.length} axes; they are [rows, N, C]: ${fits} would fit`,
    );
  }
  if (features[1] !== patches) {
    const advice = features[1] === patches + 1 ? "; drop the class token, features[:, 1:]" : "";
    throw new VitrailError(
      "shape",
      `${found} have ${features[1]} patches a row; a tile of ${recipe} has ${2 * side}x${2 * side}: ` +
        `${shapeText([features[0], patches, features[2]])} would fit${advice}`,
    );
  }
  const ofFeatures = features[2];
  if (ofFeatures !== channels) {
    throw new VitrailError(
      "shape",
      `${found} have ${ofFeatures} channels, and newline and separator are [${width}]: ` +
        `four patches merge, so features of ${channels} channels or vectors of [${4 * ofFeatures}] would fit`,
    );
  }
  if (features[0] !== rows) throw rowsError(found, features[0], needed);
}

function rowsError(found: string, count: number, { rows, pictures }: Needed): VitrailError {
  const spelt = pictures.slice(0, SPELT).map(({ grid: [h, w] }) => `1 + ${h}·${w}`).join(", ");
  const rest = pictures.length > SPELT ? `, and ${pictures.length - SPELT} more pictures` : "";
  const tiles = rows - pictures.length;
  let advice = "";
  if (count === tiles) advice = "; the global views are missing, which come before each picture's tiles";
  else if (count === tiles + 1) advice = "; each picture has its own global view, before its tiles";
  const needed = `the pictures' global views and tiles (${spelt}${rest}) are ${rows}${advice}`;
  return new VitrailError("shape", `${found} have ${count} rows; ${needed}`);
}
