import { outputsDocument, tokensOfPlan } from "../output/plan_report.ts";
import { countText } from "../output/amounts.ts";
import { drawPoster } from "./draw_poster.ts";
import type { SamplePanels } from "./panels.ts";
import { posterOf } from "./poster.ts";

/**
 * Draws a sample, and returns it as a PNG: each image under its name, with every row of the tensors.
 * @param labels the name of each image; of a path, the last part is shown
 * @throws {VitrailError} `limit` for more images than one drawing has room for; `io` where a font cannot be
 * read.
 */
export function drawSample(sample: SamplePanels, labels: readonly string[]): Promise<Uint8Array> {
  const { plan } = sample, tokens = tokensOfPlan(plan);
  const outputs = Object.entries(outputsDocument(plan)).map(([name, { dtype, shape }]) =>
    `${name} ${dtype} [${shape.join(", ")}]`
  );
  return drawPoster(posterOf(sample), {
    title: plan.recipe.name,
    total: [
      countText(plan.images.length, plan.images.every(({ video }) => video) ? "clip" : "picture"),
      ...(tokens === null ? [] : [countText(tokens, "token")]),
      ...outputs,
    ].join(" · "),
    names: labels.map((label) => label.replace(/^.*[/\\]/, "")),
  });
}
