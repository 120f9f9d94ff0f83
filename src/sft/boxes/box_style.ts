import type { BoxUnit } from "./box_unit.ts";

/** The texts around a text. */
type Around = readonly [before: string, after: string];

/** A model's way of writing boxes, points and the names of things. */
export interface BoxStyle {
  readonly name: string;
  readonly unit: BoxUnit;
  /** The text around a name that stands for `<ref-object>`. */
  readonly ref: Around;
  /**
   * The way of several boxes of one thing, whose marks have at most spaces between them: `together`, one
   * text; `apart`, one after another, as their marks stand; `unknown`.
   */
  readonly several: "together" | "apart" | "unknown";
  /** Writes a box, or a point, or several that are written together: x and y of the corners of each. */
  write(boxes: readonly (readonly string[])[]): string;
  /** The text around what is written in the model's own turns alone. */
  readonly answered?: Around;
  /** True where it is not known how the models write points. */
  readonly boxesOnly?: true;
  /** The models that are trained so, by the `model_type` of their `config.json`. */
  readonly models: readonly string[];
  /** True where models that are trained otherwise have the same `model_type`; their processors tell. */
  readonly sharedType?: true;
  /** The same by the names of their whole processors. */
  readonly processors: readonly string[];
}

const PLAIN: Around = ["", ""];

/**
 * All styles. The first three write a list of numbers, `[x1, y1, x2, y2]`.
 *
 * Sources, style by style:
 * - `pixels`, `thousandths`, `qwen2-vl`: ms-swift `template/templates/qwen.py`, `replace_ref`, `replace_bbox`
 *   and `norm_bbox`, of which `qwen2-vl` is the format `legacy` and the lists are `new`, Qwen's own from 2.5
 *   on;
 * - `internvl`: ms-swift `template/templates/internvl.py`, `replace_bbox`; for several boxes of one thing
 *   InternVL's documentation, "Chat Data Format";
 * - `glm`: zai-org/GLM-V `README.md`, "Grounding";
 * - `deepseek`: deepseek-ai/DeepSeek-VL2 issue 100; DeepSeek-OCR `run_dpsk_ocr_image.py`,
 *   `draw_bounding_boxes`;
 * - `paligemma`: big_vision `evaluators/proj/paligemma/transfers/segmentation.py`, `Evaluator.run`;
 * - `kosmos-2`: transformers `models/kosmos2/processing_kosmos2.py`, `coordinate_to_patch_index`;
 * - `llava`: haotian-liu/LLaVA issue 606, whose boxes lie on the padded square.
 */
export const BOX_STYLES: readonly BoxStyle[] = [
  {
    name: "pixels",
    unit: "pixels",
    ref: PLAIN,
    several: "apart",
    write: ([sides]) => listed(sides),
    models: ["qwen2_5_vl", "qwen2_5_omni"],
    processors: ["Qwen2_5_VLProcessor", "Qwen2_5OmniProcessor"],
  },
  {
    name: "thousandths",
    unit: "thousandths",
    ref: PLAIN,
    several: "apart",
    write: ([sides]) => listed(sides),
    models: ["qwen3_vl", "qwen3_vl_moe", "qwen3_5", "qwen3_5_moe", "qwen3_omni_moe"],
    processors: ["Qwen3VLProcessor", "Qwen3OmniMoeProcessor"],
  },
  {
    name: "shares",
    unit: "shares",
    ref: PLAIN,
    several: "apart",
    write: ([sides]) => listed(sides),
    models: [],
    processors: [],
  },
  {
    name: "qwen2-vl",
    unit: "thousandths",
    ref: ["<|object_ref_start|>", "<|object_ref_end|>"],
    several: "apart",
    write: ([sides]) => `<|box_start|>${points(sides)}<|box_end|>`,
    models: ["qwen2_vl"],
    processors: ["Qwen2VLProcessor"],
  },
  {
    name: "internvl",
    unit: "thousandths",
    ref: ["<ref>", "</ref>"],
    several: "together",
    write: (boxes) => `<box>[${boxes.map(listed).join(", ")}]</box>`,
    models: ["internvl"],
    processors: ["InternVLProcessor"],
  },
  {
    name: "glm",
    unit: "thousandths",
    ref: PLAIN,
    several: "unknown",
    write: ([sides]) => `[[${sides.join(",")}]]`,
    answered: ["<|begin_of_box|>", "<|end_of_box|>"],
    models: ["glm4v", "glm4v_moe", "glm46v"],
    processors: ["Glm4vProcessor", "Glm46VProcessor"],
  },
  {
    name: "deepseek",
    unit: "of 999",
    ref: ["<|ref|>", "<|/ref|>"],
    several: "together",
    write: (boxes) => `<|det|>[${boxes.map(listed).join(", ")}]<|/det|>`,
    boxesOnly: true,
    models: ["deepseek_vl_v2", "deepseek_ocr", "deepseek_ocr2"],
    processors: ["DeepseekOcr2Processor"],
  },
  {
    name: "paligemma",
    unit: "of 1023",
    ref: PLAIN,
    several: "unknown",
    write: ([[x1, y1, x2, y2]]) => {
      return [y1, x1, y2, x2].map((side) => `<loc${side.padStart(4, "0")}>`).join("");
    },
    boxesOnly: true,
    models: ["paligemma"],
    processors: ["PaliGemmaProcessor"],
  },
  {
    name: "kosmos-2",
    unit: "cells",
    ref: ["<phrase>", "</phrase>"],
    several: "together",
    write: (boxes) => {
      const cells = boxes.map(([x1, y1, x2, y2]) => cell(x1, y1) + cell(x2, y2));
      return `<object>${cells.join("</delimiter_of_multi_objects/>")}</object>`;
    },
    boxesOnly: true,
    models: ["kosmos-2"],
    processors: ["Kosmos2Processor"],
  },
  {
    name: "llava",
    unit: "canvas",
    ref: PLAIN,
    several: "unknown",
    write: ([sides]) => listed(sides),
    models: ["llava"],
    sharedType: true,
    processors: ["LlavaProcessor"],
  },
];

/** The part of a model that tells how it writes boxes. */
export interface BoxModel {
  /** The `model_type` of its `config.json`; absent: not known. */
  readonly model?: unknown;
  /** The name of its whole processor; absent: not known. */
  readonly processor?: unknown;
}

/** Returns the style that a model is trained with; undefined where it is not known. */
export function boxStyleOf({ model, processor }: BoxModel): BoxStyle | undefined {
  return BOX_STYLES.find(({ models, processors, sharedType }) => {
    const known = processors.includes(processor as string);
    return model === undefined ? known : models.includes(model as string) && (known || !sharedType);
  });
}

/** Writes numbers as Python writes a list of them. */
function listed(sides: readonly string[]): string {
  return `[${sides.join(", ")}]`;
}

/** Writes each corner as `(x,y)`. */
function points(sides: readonly string[]): string {
  return sides.flatMap((x, index) => index % 2 === 0 ? [`(${x},${sides[index + 1]})`] : []).join(",");
}

/** Writes a cell of a grid of 32 by 32, by its number. */
function cell(x: string, y: string): string {
  return `<patch_index_${String(Number(y) * 32 + Number(x)).padStart(4, "0")}>`;
}
