import type { Batch } from "../../engine/results/batch.ts";
import type { Verification } from "../../engine/verify/compare.ts";
import { sizeText } from "../../plan/geometry.ts";
import type { Plan } from "../../plan/plan.ts";
import type { BackendChoice } from "../../recipes/backend.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import { countText } from "../../report/amounts.ts";
import { labelsOf, outputsDocument, tokensOfPlan } from "../../report/plan_document.ts";
import { tableText } from "./table.ts";

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
