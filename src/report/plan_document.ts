import type { Size } from "../plan/geometry.ts";
import type { Plan, PlannedImage } from "../plan/plan.ts";
import { countText } from "./amounts.ts";

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
