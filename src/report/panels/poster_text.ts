import { countText } from "../amounts.ts";
import { outputsDocument, tokensOfPlan } from "../plan_document.ts";
import type { SamplePanels } from "./panels.ts";

/** The words above the panels of a sample. */
export interface PosterText {
  /** The recipe's name. */
  readonly title: string;
  /** The total of the sample. */
  readonly total: string;
  /** A name for each image. */
  readonly names: readonly string[];
}

/** Returns the words above a sample's panels; of a label that is a path, the last part is a name. */
export function posterText({ plan }: SamplePanels, labels: readonly string[]): PosterText {
  const tokens = tokensOfPlan(plan), clips = plan.images.every(({ video }) => video);
  const outputs = Object.entries(outputsDocument(plan)).map(([name, { dtype, shape }]) =>
    `${name} ${dtype} [${shape.join(", ")}]`
  );
  return {
    title: plan.recipe.name,
    total: [
      countText(plan.images.length, clips ? "clip" : "picture"),
      ...(tokens === null ? [] : [countText(tokens, "token")]),
      ...outputs,
    ].join(" · "),
    names: labels.map((label) => label.replace(/^.*[/\\]/, "")),
  };
}
