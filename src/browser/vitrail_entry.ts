/**
 * All that Vitrail has for a page: the engine, every recipe with its code, a model's whole text input, and
 * the stand-in for transformers.js's processors.
 *
 * @module
 */

export * from "./recipes_entry.ts";
export { planConversation } from "../engine/conversation/plan_conversation.ts";
export { batchOf, collate } from "../sft/text/collate.ts";
export { conv2prompt, conv2text } from "../sft/text/conv2text.ts";
export { jinjaTemplate } from "../sft/text/jinja_template.ts";
export { textOf } from "../sft/text/placeholders.ts";
export { tokenRowOf } from "../sft/text/token_row.ts";
export { recipeFromConfig } from "../recipes/config.ts";
export { chatTemplate } from "../text/chat_template.ts";
export { expandIds } from "../text/expansion/expand_ids.ts";
export { expandText } from "../text/expansion/expand_text.ts";
export { positionIds } from "../text/positions/position_ids.ts";
export { ropeOfModel, ropeOfRecipe } from "../text/positions/rope_rule.ts";
export { tokenizerOf } from "../text/tokenizer_file.ts";
export { asImageProcessor } from "../transformers_js.ts";
