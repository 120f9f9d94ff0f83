import type { Composer } from "../../../plan/composer.ts";
import { type Size, wholeOf } from "../../../plan/geometry.ts";
import type { ImageText } from "../../../plan/image_text.ts";
import type { IntegerOutput } from "../../../plan/integers.ts";
import type { Standard } from "../../../plan/tables/standard.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import type { Backend } from "../../backend.ts";
import { mapInSteps } from "../../../runtime/in_steps.ts";
import { eachPicture, eachSize } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { exactSize } from "../../parts/size_keys.ts";
import type { Composing, ProcessorRecipe } from "../../recipe.ts";
import { MOST_ROWS } from "../../refusal.ts";

/** The output of the patches. */
const PATCHES = "flattened_patches";

const { fround } = Math;

/** The text of one token of Kosmos-2.5. */
const KOSMOS_TOKEN = "<s>";

/** The parts in which the two classes differ. */
interface PatchClass {
  /** `max_patches` by default. */
  most: number;
  /** Returns the least deviation of torch's class, of a picture of `count` bytes. */
  least: (count: number) => number;
  /** The text of a picture. */
  text?: ImageText;
  /** Adds what else the class returns of pictures that are resampled to these sizes. */
  after?: (composer: Composer, sizes: readonly Size[], patch: Size) => Composing;
}

/** The steps by which pictures become patches. */
interface PatchSteps extends Pick<PatchClass, "most" | "least" | "text"> {
  patch: Size;
  normalize: boolean;
  backend: Backend;
}

/**
 * Pix2Struct. A picture's bytes become values by its own mean and deviation. Resampled in floats, it becomes
 * as many patches as a budget holds, and nearly keeps its aspect. Zeros follow the patches.
 *
 * Outputs: `flattened_patches` `[pictures, patches, 2 + p · p · 3]`, each patch after its line and column,
 * counted from 1; `attention_mask` `[pictures, patches]`, in floats. The decoder reads the encoder's
 * features, so that no text stands for them.
 *
 * Source: transformers `models/pix2struct/image_processing_pix2struct.py`,
 * `image_processing_pil_pix2struct.py`.
 */
export function pix2Struct(fields: Fields): ProcessorRecipe {
  if (fields.boolean("is_vqa")) {
    throw fields.bad("is_vqa", "false: no question is drawn above pictures; draw it before, and say false");
  }
  return patchRecipe("pix2struct", fields, { most: 2048, least: (count) => fround(1 / Math.sqrt(count)) });
}

/**
 * Kosmos-2.5. Pictures become patches as Pix2Struct's do.
 *
 * Outputs: `flattened_patches` and `attention_mask` as there; `width`, `height`, `rows` and `cols`
 * `[pictures]`: each picture's size when resampled, in pixels and in patches. `num_image_tokens` (2048 by
 * default) tokens stand for a picture, and its processor lays them before the text.
 *
 * Source: transformers `models/kosmos2_5/image_processing_kosmos2_5.py`,
 * `image_processing_pil_kosmos2_5.py`, `processing_kosmos2_5.py`.
 */
export function kosmos25(fields: Fields): ProcessorRecipe {
  if (fields.boolean("do_normalize") === false) {
    throw fields.bad("do_normalize", "true: the Python code fails without, as torch unfolds no bytes");
  }
  const tokens = fields.count("num_image_tokens") ?? 2048;
  return patchRecipe("kosmos2_5", fields, {
    most: 4096,
    least: (count) => fround(1 / fround(Math.sqrt(count))),
    text: { tokens, parts: ["<image>", [KOSMOS_TOKEN, tokens], "</image>"], token: KOSMOS_TOKEN },
    after: sizesOf,
  });
}

function patchRecipe(
  name: string,
  fields: Fields,
  { most, least, text = {}, after }: PatchClass,
): ProcessorRecipe {
  const { values, backend } = commonFields(fields, { filter: "bilinear", ...HALVES });
  fields.setAside("do_resize", "resample", "do_rescale", "rescale_factor", "image_mean", "image_std");
  const patch = exactSize(fields, "patch_size") ?? { height: 16, width: 16 };
  const normalize = values.normalize !== undefined;
  const steps = {
    patch,
    most: fields.count("max_patches", MOST_ROWS) ?? most,
    normalize,
    backend,
    least,
    text,
  };
  return {
    kind: "processor",
    name,
    parameters: fields.given(),
    values: { rounding: values.rounding }, // of the picture's own statistics, not of the config's
    *compose(composer) {
      const sizes = yield* composePatches(composer, steps);
      if (after) yield* after(composer, sizes, patch);
    },
  };
}

/** Composes the patches of all pictures, and returns the sizes that these are resampled to. */
function* composePatches(composer: Composer, steps: PatchSteps): Composing<Size[]> {
  const { patch, most } = steps;
  const sizes = yield* eachSize(composer.pictures, (picture) => fitted(picture, patch, most));
  const counts = yield* eachPicture(composer, (picture, index) => {
    const canvas = sizes[index];
    const grid: [number, number] = [canvas.height / patch.height, canvas.width / patch.width];
    const [rows, columns] = grid, count = rows * columns;
    const dtype = composer.dtype === "u8" ? "f32" : composer.dtype; // no byte holds such a value
    const main = composer.canvas({
      canvas,
      fill: BLACK,
      placements: [{
        source: { picture: index },
        crop: wholeOf(picture),
        content: canvas,
        offset: { x: 0, y: 0 },
        filter: "bilinear",
        resampler: steps.backend === "torchvision-cuda" ? "torch-cuda" : "torch-cpu",
        order: "horizontal-first",
      }],
      standard: standardOf(steps, picture),
      target: composer.target(
        PATCHES,
        canvas,
        "c (h p) (w q) -> (h w) (p q c)",
        { p: patch.height, q: patch.width },
        dtype,
        columns,
      ),
    });
    composer.image({ size: picture, main, grid, output: PATCHES, ...steps.text });
    composer.blankAfter(PATCHES, most - count);
    return count;
  });
  composer.returnGroups(PATCHES, sizes.length, most);
  composer.integers("attention_mask", {
    dtype: "f32",
    shape: [sizes.length, most],
    values: { leading: counts },
  });
  return sizes;
}

/** The rule of a picture's values. */
function standardOf({ normalize, backend, least }: PatchSteps, { width, height }: Size): Standard {
  const count = width * height * 3;
  if (!normalize) return { sums: "none", least: 1 };
  return backend === "pil"
    ? { sums: "numpy", least: 1 / Math.sqrt(count) }
    : { sums: "torch", least: least(count) };
}

/** The size of whole patches, `most` of them at most, that is nearest to a picture's shape. */
function fitted({ width, height }: Size, patch: Size, most: number): Size {
  const scale = Math.sqrt(most * (patch.height / height) * (patch.width / width));
  const patches = (side: number, length: number) => {
    return Math.max(1, Math.min(most, Math.floor(scale * side / length)));
  };
  return {
    width: patches(width, patch.width) * patch.width,
    height: patches(height, patch.height) * patch.height,
  };
}

/** Adds each picture's size when resampled. */
function* sizesOf(composer: Composer, sizes: readonly Size[], patch: Size): Composing {
  const column = function* (of: (size: Size) => number): Composing<IntegerOutput> {
    return { dtype: "i64", shape: [sizes.length], values: yield* mapInSteps(sizes, of) };
  };
  composer.integers("width", yield* column(({ width }) => width));
  composer.integers("height", yield* column(({ height }) => height));
  composer.integers("rows", yield* column(({ height }) => height / patch.height));
  composer.integers("cols", yield* column(({ width }) => width / patch.width));
}
