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
 * lies outside of its picture, or that has no mark, and for several boxes of one thing where it is not known
 * how the model writes them; `usage` where there are boxes and no style.
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
  const boxes = objects.bbox.map((_, index) => sideTexts(objects, index, pictures, style, where));
  const [before, after] = style.ref, refs = (objects.ref ?? []).map((ref) => before + ref + after);
  requireMarks(sample, { ref: refs.length, bbox: boxes.length }, where);
  const conversations = sample.conversations.map((turn) => {
    const [begin, end] = roleOf(turn) === "assistant" ? style.answered ?? ["", ""] : ["", ""];
    const value = turn.value.replaceAll(/<ref-object>|<bbox>(?:\s*<bbox>)*/g, (marks) => {
      if (marks === MARKS.ref) return refs.shift()!;
      const count = marks.split(MARKS.bbox).length - 1;
      if (count > 1) requireSeveral(marks, style, where);
      if (style.several === "together") return begin + style.write(boxes.splice(0, count)) + end;
      return marks.replaceAll(MARKS.bbox, () => begin + style.write(boxes.splice(0, 1)) + end);
    });
    return { ...turn, value };
  });
  return { ...sample, conversations };
}

/** @throws {VitrailError} `dataset` where it is not known how a style's models write several boxes. */
function requireSeveral(marks: string, { name, several }: BoxStyle, where: string): void {
  if (several !== "unknown") return;
  throw new VitrailError(
    "dataset",
    `${where}: ${JSON.stringify(marks)} are several boxes of one thing, and it is not known how models of ` +
      `--boxes ${name} write them; expected words between them`,
  );
}

/** @throws {VitrailError} `dataset` unless each name and each box has a mark. */
function requireMarks(
  { conversations }: Sample,
  counts: Readonly<Record<"ref" | "bbox", number>>,
  where: string,
): void {
  for (const field of ["bbox", "ref"] as const) {
    const mark = MARKS[field], count = counts[field];
    const found = conversations.reduce((sum, { value }) => sum + value.split(mark).length - 1, 0);
    if (found === count) continue;
    throw new VitrailError(
      "dataset",
      `${where}: objects.${field} has ${count}, and the turns have ${found} ${mark}; each wants one there`,
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
