import { planSample } from "../../recipes/plan_sample.ts";
import { FAMILIES } from "../../recipes/families/families.ts";
import { RECIPES } from "../../recipes/registry.ts";
import type { ListedModel } from "./parts/model_radio.ts";
import type { ModelOrder } from "./work/order.ts";
import { orderedRecipe } from "./work/ordered_recipe.ts";

/** Models that make the same kind of rows of a picture. */
export interface ModelGroup {
  readonly title: string;
  readonly models: readonly ListedModel[];
}

/** The titles of groups, in the order in which they are listed. */
const TITLES = ["Patches", "Tiles", "One square or page", "With a setting or a config"] as const;

/** The picture by which models are sorted, and the smallest side of a tile that is no patch, pixels. */
const PROBE = { width: 1600, height: 1200 }, TILE = 32;

/** Returns all models that the page offers, by what each makes of a picture with its class's defaults. */
export function modelGroups(): ModelGroup[] {
  const listed = FAMILIES.flatMap(({ name, models, types: [type], passed = {} }): ListedModel[] => {
    const processors = Object.keys(passed);
    if (processors.length < 2) {
      const [processor_class] = processors;
      const order = { image_processor_type: type, ...(processor_class && { processor_class }) };
      return [{ order, name: models, note: name }];
    }
    return processors.map((processor_class) => ({
      order: { image_processor_type: type, processor_class },
      name: processor_class.replace(/Processor$/, ""),
      note: `${name}: ${models}`,
    }));
  });
  const groups = Map.groupBy(listed, ({ order }) => titleOf(order));
  const own = RECIPES.map(({ name, summary }) => {
    const [models, note] = summary.split(": ");
    return { order: { recipe: name }, name: models, note: `${name}: ${note}` };
  });
  return [
    ...TITLES.map((title) => ({ title, models: groups.get(title) ?? [] })),
    { title: "InternLM-XComposer", models: own },
  ].filter(({ models }) => models.length > 0);
}

/** Returns the title of the group that a model belongs to. */
function titleOf(model: ModelOrder): typeof TITLES[number] {
  try {
    const { images: [image] } = planSample(orderedRecipe({ model, settings: "" }), [PROBE]);
    const [rows, columns] = image.grid;
    if (Math.min(image.canvas.width / columns, image.canvas.height / rows) < TILE) return "Patches";
    return image.rows[1] - image.rows[0] > 1 ? "Tiles" : "One square or page";
  } catch {
    return "With a setting or a config";
  }
}
