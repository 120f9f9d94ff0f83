import type { Composer } from "../../../plan/composer.ts";
import { type Box, type Size, sizeOf, wholeOf } from "../../../plan/geometry.ts";
import type { ImageText, TextPart } from "../../../plan/image_text.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { eachInSteps, mapInSteps } from "../../../runtime/in_steps.ts";
import { eachSize } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { attentionMask, composeSamples, picturesBySample } from "../../parts/compose_samples.ts";
import { largestInSteps, largestOf, part, sameSize } from "../../parts/placements.ts";
import { hasKeys, type SizeKeys, sizeKeys } from "../../parts/size_keys.ts";
import type { Composing, ProcessorRecipe } from "../../recipe.ts";
import { refusal } from "../../refusal.ts";

const NAME = "idefics2";

/**
 * Idefics2. Sides stay between a shortest and a longest edge. With `do_image_splitting` the quarters
 * of a picture come before all of it. Zeros follow up to the call's largest. Transparency is composited over
 * white.
 *
 * Outputs: `pixel_values` `[samples, frames, 3, height, width]`, `pixel_attention_mask`
 * `[samples, frames, height, width]`. `image_seq_len` is how many tokens a frame becomes, 64 by default.
 *
 * Source: transformers `models/idefics2/image_processing_pil_idefics2.py`, `processing_idefics2.py`.
 */
export function idefics2(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values, backend } = commonFields(fields, { filter: "bilinear", ...HALVES });
  const size = edgesOf(fields);
  const split = fields.boolean("do_image_splitting") ?? false;
  const pad = fields.boolean("do_pad") ?? true;
  const each = fields.count("image_seq_len") ?? 64;
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    alpha: "white",
    *compose(composer) {
      const { pictures, samples } = composer;
      const boxesOf = (picture: Size) => split ? quartersAndAll(picture) : [wholeOf(picture)];
      const boxes = yield* eachSize(pictures, boxesOf);
      const contentOf = (box: Box) => doResize ? withinEdges(sizeOf(box), size) : sizeOf(box);
      const contents = yield* eachSize(pictures, (picture) => boxesOf(picture).map(contentOf));
      const canvas = yield* largestInSteps(yield* mapInSteps(contents, largestOf));
      if (!pad) yield* requireOneSize(composer, contents, canvas);
      const compose = (index: number) => {
        const views = boxes[index].map((box, frame) =>
          composer.canvas({
            canvas,
            fill: { value: 0 },
            placements: [part({ picture: index }, box, contents[index][frame], filter)],
            target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
          })
        );
        const main = views[views.length - 1];
        composer.image({ size: pictures[index], main, grid: [1, 1], ...expansion(views.length, each) });
      };
      yield* composeSamples(composer, { count: (index) => boxes[index].length, compose, pad });
      if (!pad) return;
      const bySample = yield* picturesBySample(samples);
      const frames = yield* mapInSteps(bySample, (own) => own.flatMap((index) => contents[index]));
      yield* attentionMask(composer, frames, canvas, backend);
    },
  };
}

/** `size`: a shortest and a longest edge, or a height and a width. */
function edgesOf(fields: Fields): SizeKeys {
  const keys = sizeKeys(fields, "size", "shortest_edge") ?? { shortest_edge: 378, longest_edge: 980 };
  if (!hasKeys(keys, "longest_edge,shortest_edge", "height,width")) {
    throw fields.bad("size", "an object with shortest_edge and longest_edge, or with height and width");
  }
  return keys;
}

/** The size within the edges. Source: `get_resize_output_image_size`. */
function withinEdges({ width, height }: Size, keys: SizeKeys): Size {
  if (keys.height !== undefined) return { width: keys.width!, height: keys.height };
  const longest = keys.longest_edge!, shortest = keys.shortest_edge!, ratio = width / height;
  if (width >= height && width > longest) [width, height] = [longest, Math.trunc(longest / ratio)];
  else if (height > width && height > longest) [width, height] = [Math.trunc(longest * ratio), longest];
  return { width: Math.max(width, shortest), height: Math.max(height, shortest) };
}

/**
 * The boxes of a picture's quarters in row-major order, then of all of it. Source: `split_images`.
 * @throws {VitrailError} `shape` for a picture with an empty quarter, as Pillow fails there.
 */
function quartersAndAll(picture: Size): Box[] {
  const { width, height } = picture;
  if (width < 2 || height < 2) throw refusal(NAME, picture, "a quarter of it would be empty");
  const x = width >> 1, y = height >> 1;
  return [
    { left: 0, top: 0, right: x, bottom: y },
    { left: x, top: 0, right: width, bottom: y },
    { left: 0, top: y, right: x, bottom: height },
    { left: x, top: y, right: width, bottom: height },
    wholeOf(picture),
  ];
}

/** @throws {VitrailError} `shape` for frames that differ in size: unpadded, they are no tensor in Python. */
function* requireOneSize(composer: Composer, contents: readonly Size[][], canvas: Size): Composing {
  yield* eachInSteps(contents, (own, index) => {
    if (own.every((content) => sameSize(content, canvas))) return;
    throw refusal(NAME, composer.pictures[index], "do_pad is false, and frames of the call differ in size");
  });
}

/**
 * The text of a picture by itself. Where pictures are next to each other, Python also joins the two marks
 * between them. Source: `processing_idefics2.py`, `__call__`.
 */
function expansion(frames: number, each: number): ImageText {
  const around = "<fake_token_around_image>", token = "<image>";
  const frame: TextPart[] = [[token, each], around];
  const parts = [around, ...Array<TextPart[]>(frames).fill(frame).flat()];
  return { tokens: frames * each, parts, token, joined: true };
}
