/** The numbers that stand for a place in a picture. */
export type BoxUnit =
  /** Pixels of the picture as the model sees it: resized, and on its canvas. */
  | "pixels"
  /** Thousandths of the picture's width and height. */
  | "thousandths"
  /** The width and the height are 1. */
  | "shares";

/** A model's way of writing boxes, points and the names of things. */
export interface BoxStyle {
  readonly name: string;
  readonly unit: BoxUnit;
  /** The text around a name that stands for `<ref-object>`. */
  readonly ref: readonly [before: string, after: string];
  /** Writes the corners of a box, or a point: x and y of each. */
  write(sides: readonly string[]): string;
  /** The models that are trained so, by the `model_type` of their `config.json`. */
  readonly models: readonly string[];
  /** The same by the names of their whole processors. */
  readonly processors: readonly string[];
}

const PLAIN: BoxStyle["ref"] = ["", ""];

/**
 * All styles. The first three write a list of numbers, `[x1, y1, x2, y2]`.
 *
 * Sources: ms-swift `template/templates/qwen.py`, `replace_ref`, `replace_bbox` and `norm_bbox`, of which
 * `qwen2-vl` is the format `legacy` and the lists are `new`, Qwen's own from 2.5 on; `internvl.py` there.
 */
export const BOX_STYLES: readonly BoxStyle[] = [
  {
    name: "pixels",
    unit: "pixels",
    ref: PLAIN,
    write: listed,
    models: ["qwen2_5_vl", "qwen2_5_omni"],
    processors: ["Qwen2_5_VLProcessor", "Qwen2_5OmniProcessor"],
  },
  {
    name: "thousandths",
    unit: "thousandths",
    ref: PLAIN,
    write: listed,
    models: ["qwen3_vl", "qwen3_vl_moe", "qwen3_5", "qwen3_5_moe", "qwen3_omni_moe"],
    processors: ["Qwen3VLProcessor", "Qwen3OmniMoeProcessor"],
  },
  { name: "shares", unit: "shares", ref: PLAIN, write: listed, models: [], processors: [] },
  {
    name: "qwen2-vl",
    unit: "thousandths",
    ref: ["<|object_ref_start|>", "<|object_ref_end|>"],
    write: (sides) => `<|box_start|>${points(sides)}<|box_end|>`,
    models: ["qwen2_vl"],
    processors: ["Qwen2VLProcessor"],
  },
  {
    name: "internvl",
    unit: "thousandths",
    ref: ["<ref>", "</ref>"],
    write: (sides) => `<box>[${listed(sides)}]</box>`,
    models: ["internvl"],
    processors: ["InternVLProcessor"],
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
  return BOX_STYLES.find(({ models }) => models.includes(model as string)) ??
    BOX_STYLES.find(({ processors }) => model === undefined && processors.includes(processor as string));
}

/** Writes numbers as Python writes a list of them. */
function listed(sides: readonly string[]): string {
  return `[${sides.join(", ")}]`;
}

/** Writes each corner as `(x,y)`. */
function points(sides: readonly string[]): string {
  return sides.flatMap((x, index) => index % 2 === 0 ? [`(${x},${sides[index + 1]})`] : []).join(",");
}
