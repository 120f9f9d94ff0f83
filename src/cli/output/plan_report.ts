import type { Batch } from "../../engine/results/batch.ts";
import type { Verification } from "../../engine/verify/compare.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";
import type { BackendChoice } from "../../recipes/backend.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { countText } from "./amounts.ts";
import { tableText } from "./table.ts";

/** An image of a plan, as JSON gives it. Sizes and offsets are in pixels. */
export interface ImageDocument extends Size {
  content: Size;
  canvas: Size;
  offset: { x: number; y: number };
  grid: [rows: number, columns: number];
  rows: [from: number, to: number];
  /** Null where the recipe does not say. */
  tokens: number | null;
  /** Absent where the recipe does not say. */
  placeholder?: string;
}

/** Returns an image of a plan as JSON gives it. */
export function imageDocument(image: PlannedImage): ImageDocument {
  const { size, content, canvas, offset, grid, rows, tokens, placeholder } = image;
  return {
    width: size.width,
    height: size.height,
    content: { width: content.width, height: content.height },
    canvas: { width: canvas.width, height: canvas.height },
    offset: { x: offset.x, y: offset.y },
    grid,
    rows,
    tokens: tokens ?? null,
    ...(placeholder === undefined ? {} : { placeholder }),
  };
}

/** An output, as JSON gives it. */
export interface OutputDocument {
  dtype: string;
  shape: readonly number[];
  /** The lengths of the lists that Python returns in its place, where it does. */
  lists?: readonly number[];
  /** The shapes of the tensors of a list that Python returns in its place, where they differ. */
  shapes?: readonly (readonly number[])[];
}

/** Returns all outputs of a plan as they are returned, by name; those that need no pixels are among them. */
export function outputsDocument({ outputs, integers, derived }: Plan): Record<string, OutputDocument> {
  const all = [
    ...Object.entries(outputs).map(([name, { as, shape, ...rest }]) =>
      [name, { shape: as ?? shape, ...rest }] as const
    ),
    ...Object.entries(integers).map(([name, integer]) => [name, { ...integer, shapes: undefined }] as const),
    ...Object.entries(derived).map(([name, { dtype, shape }]) =>
      [name, { dtype, shape, lists: undefined, shapes: undefined }] as const
    ),
  ];
  return Object.fromEntries(
    all.map((
      [name, { dtype, shape, lists, shapes }],
    ) => [name, { dtype, shape, ...(lists ? { lists } : {}), ...(shapes ? { shapes } : {}) }]),
  );
}

/** Returns the tokens of all images together; null where the recipe does not say. */
export function tokensOfPlan({ images }: Plan): number | null {
  if (images.some(({ tokens }) => tokens === undefined)) return null;
  return images.reduce((sum, { tokens }) => sum + tokens!, 0);
}

/** Returns a label for each image of a plan: its file, or for a clip the first file and how many follow. */
export function labelsOf(plan: Plan, names: readonly string[]): string[] {
  if (plan.images.length === names.length) return [...names];
  return plan.images.map(() => `${names[0]} and ${countText(names.length - 1, "more frame")}`);
}

/** Returns a plan as a table with a line for each image. */
export function planTable(plan: Plan, names: readonly string[]): string {
  const labels = labelsOf(plan, names);
  const rows = plan.images.map((image, index) => [
    labels[index],
    sizeText(image.size),
    sizeText(image.content),
    sizeText(image.canvas),
    `${image.grid[0]}x${image.grid[1]}`,
    `${image.rows[0]}-${image.rows[1] - 1}`,
    image.tokens === undefined ? "?" : String(image.tokens),
  ]);
  return tableText(["picture", "size", "content", "canvas", "grid", "rows", "tokens"], rows);
}

/** Returns a plan in one line: its recipe, the count of its images, its outputs and its tokens. */
export function totalText(plan: Plan): string {
  const outputs = Object.entries(outputsDocument(plan)).map(([name, { dtype, shape, lists, shapes }]) => {
    if (shapes) return `${name} ${dtype} ${shapes.map((own) => `[${own.join(", ")}]`).join(" and ")}`;
    return `${name} ${dtype} [${shape.join(", ")}]${lists ? ` as lists of ${lists.join(", ")}` : ""}`;
  });
  const tokens = tokensOfPlan(plan);
  return `${plan.recipe.name}: ${countText(plan.images.length, "picture")}, ${outputs.join(", ")}` +
    (tokens === null ? "" : `, ${tokens} tokens`);
}

/** Returns the backend of a recipe of transformers', and why it is in force; undefined for other recipes. */
export function backendOf(recipe: Recipe): BackendChoice | undefined {
  return recipe.kind === "processor" ? recipe.backend : undefined;
}

/** Returns a line that says which backend is in force, and why; nothing for recipes without one. */
export function backendText(recipe: Recipe): string {
  const backend = backendOf(recipe);
  return backend ? `\nbackend ${backend.name}: ${backend.reason}` : "";
}

/** Returns the result of the comparison with the reference in one line. */
export function verificationText({ executor, verification }: Batch): string {
  const { elements, mismatches, largestError, at } = verification as Verification;
  if (executor === "reference" && mismatches === 0) {
    return `the reference computed this itself, so its ${elements} elements were compared ` +
      `with a second run of it alone`;
  }
  const where = at ? ` at ${at.output}[${at.index.join(", ")}]` : "";
  return `verified ${executor} against the reference: ${elements} elements, ${mismatches} mismatches, ` +
    `largest error ${largestError}${where}`;
}
