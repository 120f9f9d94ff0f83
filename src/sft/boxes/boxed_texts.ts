import { VitrailError } from "../../errors.ts";
import type { PlannedImage } from "../../plan/plan.ts";
import type { Sample, SampleObjects } from "../data/sample.ts";
import type { TextOf } from "../text/sample_text.ts";
import { roleOf } from "../text/template.ts";
import { BOX_STYLES, type BoxStyle } from "./box_style.ts";
import { sideTexts } from "./box_sides.ts";

/** The marks in texts, by what stands there in the end. */
const MARKS = { ref: "<ref-object>", bbox: "<bbox>" } as const;

/**
 * Returns what makes texts in whose turns boxes, points and the names of things stand in the places of their
 * marks, `<bbox>` and `<ref-object>`, as ms-swift marks them. Boxes are where the model sees them.
 *
 * The result throws a {@linkcode VitrailError} with the sample's name: `dataset` for a box that is none, that
 * lies outside of its picture, or that has no mark; `usage` where there are boxes and no style.
 *
 * @param style absent: the model's way of writing boxes is not known
 * @param recipe the recipe's name in messages
 */
export function boxedTexts(textOf: TextOf, style: BoxStyle | undefined, recipe: string): TextOf {
  return (sample, images, where) => {
    const { objects } = sample;
    if (objects === undefined) return textOf(sample, images, where);
    return textOf(
      boxedSample(sample, objects, images, where, style ?? unknown(where, recipe)),
      images,
      where,
    );
  };
}

function boxedSample(
  sample: Sample,
  objects: SampleObjects,
  images: readonly PlannedImage[],
  where: string,
  style: BoxStyle,
): Sample {
  const pictures = images.filter(({ video }) => !video);
  const boxes = objects.bbox.map((_, index) =>
    style.write(sideTexts(objects, index, pictures, style, where))
  );
  const [before, after] = style.ref, refs = (objects.ref ?? []).map((ref) => before + ref + after);
  requireMarks(sample, { ref: refs.length, bbox: boxes.length }, where);
  const conversations = sample.conversations.map((turn) => {
    const [begin, end] = roleOf(turn) === "assistant" ? style.answered ?? ["", ""] : ["", ""];
    const value = turn.value.replaceAll(/<ref-object>|<bbox>/g, (mark) => {
      return mark === MARKS.bbox ? begin + boxes.shift() + end : refs.shift()!;
    });
    return { ...turn, value };
  });
  return { ...sample, conversations };
}

/** @throws {VitrailError} `dataset` unless each name and each box has a mark. */
function requireMarks(
  { conversations }: Sample,
  counts: Readonly<Record<"ref" | "bbox", number>>,
  where: string,
): void {
  for (const field of ["bbox", "ref"] as const) {
    const mark = MARKS[field];
    const found = conversations.reduce((sum, { value }) => sum + value.split(mark).length - 1, 0);
    if (found === counts[field]) continue;
    throw new VitrailError(
      "dataset",
      `${where}: objects.${field} has ${
        counts[field]
      }, which want a ${mark} each in the turns, found ${found}`,
    );
  }
}

function unknown(where: string, recipe: string): never {
  throw new VitrailError(
    "usage",
    `${where}: it has boxes, and it is not known how the model of ${recipe} writes them; give --boxes ` +
      `${BOX_STYLES.map(({ name }) => name).join(", ")} or kept`,
  );
}
