import { type Markup, markup } from "../../../report/markup.ts";
import type { ModelOrder } from "../work/order.ts";

/** A model that the page offers. */
export interface ListedModel {
  readonly order: ModelOrder;
  /** The names of the models. */
  readonly name: string;
  /** The line below: a family, or what becomes of a picture. */
  readonly note: string;
}

/** Returns a model as one of the list, chosen or not. */
export function modelRadio({ order, name, note }: ListedModel, chosen: boolean): Markup {
  const checked = chosen ? [markup`checked`] : [];
  return markup`<label class="model"><input type="radio" name="model" value="${
    JSON.stringify(order)
  }" ${checked}>
<span>${name}<small>${note}</small></span></label>`;
}
