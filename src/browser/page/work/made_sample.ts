import type { Engine } from "../../../engine/engine.ts";
import type { Batch } from "../../../engine/results/batch.ts";
import { messageOf } from "../../../errors.ts";
import { partsOf } from "../../../plan/image_text.ts";
import { mainOutput, type PlannedImage } from "../../../plan/plan.ts";
import { panelsOf } from "../../../report/panels/panels.ts";
import { posterText } from "../../../report/panels/poster_text.ts";
import { labelsOf, outputsDocument, tokensOfPlan } from "../../../report/plan_document.ts";
import { expandText } from "../../../text/expansion/expand_text.ts";
import { placeholderPieces, tokenTextOf } from "../../../text/expansion/placeholder_pieces.ts";
import type { Tokenizer } from "../../../text/tokenizer_file.ts";
import type { MadeSample, Prompt } from "./page_work.ts";

/** All that is known beside a batch. */
interface Beside {
  /** The time that it took, ms. */
  readonly ms: number;
  readonly signal: AbortSignal;
  readonly tokenizer: Tokenizer | undefined;
}

/** Returns all that the page shows of a batch, whose panels are made of its pictures. */
export async function madeSample(
  engine: Engine,
  { plan, names, recipe, executor }: Batch,
  pictures: readonly File[],
  { ms, signal, tokenizer }: Beside,
): Promise<Omit<MadeSample, "number">> {
  const panels = await panelsOf(engine, recipe, pictures, { signal });
  return {
    words: posterText(panels, labelsOf(plan, names)),
    images: panels.images,
    rows: plan.outputs[mainOutput(plan)].shape[0],
    tokens: tokensOfPlan(plan),
    outputs: outputsDocument(plan),
    executor,
    why: engine.why,
    backend: recipe.kind === "processor" ? recipe.backend : undefined,
    ms,
    prompt: {
      images: plan.images.map((image) =>
        partsOf(image) === undefined ? undefined : placeholderPieces(image, image.token)
      ),
      ...(tokenizer && { ids: idsOf(plan.images, tokenizer, recipe.name) }),
    },
  };
}

/** Returns the ids of the images' placeholders, one after another, or the reason why there are none. */
function idsOf(images: readonly PlannedImage[], tokenizer: Tokenizer, recipe: string): Prompt["ids"] {
  try {
    const text = images.map((image) => image.ahead ? "" : image.mark ?? tokenTextOf(image, recipe)).join("");
    return expandText(text, images, tokenizer, { recipe, template: "of the page", where: "the prompt" }).ids;
  } catch (error) {
    return messageOf(error);
  }
}
