import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { VitrailError } from "../../../src/errors.ts";
import type { ClipFrames } from "../../../src/plan/clip_frames.ts";
import type { Size } from "../../../src/plan/geometry.ts";
import { type EntryKind, ListCopy, mixed } from "../../../src/recipes/call/list_copy.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { planBegun, planSample } from "../../../src/recipes/plan_sample.ts";
import { STEP } from "../../../src/runtime/in_steps.ts";
import { ONE_PIECE } from "../../../src/runtime/long_list.ts";

const CLIP = recipeFromConfig({ image_processor_type: "CLIPImageProcessor" });
const VIDEO = recipeFromConfig({ video_processor_type: "LlavaNextVideoVideoProcessor" });

const PICTURE: Size = { width: 90, height: 120 };

/** The lists of a call, of which the last entries are not copied at once. */
interface Given {
  pictures: Size[];
  samples: number[];
  clips: ClipFrames[];
}

/** Returns a call of clips of one frame each: it has three lists of a third of the entries. */
function givenOf(): Given {
  const length = Math.ceil((ONE_PIECE + 3 * STEP) / 3);
  return {
    pictures: Array.from({ length }, (_, index) => ({ width: 90 + index % 3, height: 120 })),
    samples: Array<number>(length).fill(1),
    clips: Array.from({ length }, (_, index) => ({ indices: [index], fps: 29.97, frames: 2 * length })),
  };
}

/** Returns a flat call of pictures. */
function picturesOf(): Size[] {
  const length = ONE_PIECE + 3 * STEP;
  return Array.from({ length }, (_, index) => ({ width: 90 + index % 3, height: 120 }));
}

/** Returns the last entry of a list. */
function last<T>(list: readonly T[]): T {
  return list[list.length - 1];
}

/** Plans a call whose lists are changed once it was given, and some steps were taken. */
function planned(call: Parameters<typeof planBegun>, change: () => void, steps = 0) {
  const { composing, finish } = planBegun(...call);
  for (let step = 0; step < steps; step++) composing.next();
  change();
  while (!composing.next().done);
  return finish();
}

const PICTURES: Record<string, (pictures: Size[]) => void> = {
  "a side": (pictures) => last(pictures).height++,
  "a side that no picture has": (pictures) => last(pictures).height = 0.5,
  "another picture": (pictures) => pictures[pictures.length - 1] = { width: 7, height: 7 },
  "no picture": (pictures) => pictures[pictures.length - 1] = null as unknown as Size,
  "two in the other order": (pictures) => pictures.push(...pictures.splice(-2).reverse()),
  "one less": (pictures) => pictures.pop(),
  "one more": (pictures) => pictures.push({ width: 90, height: 120 }),
  "none": (pictures) => pictures.length = 0,
};

Deno.test("planBegun refuses pictures of a long list that are changed before they are copied", () => {
  for (const [name, change] of Object.entries(PICTURES)) {
    const pictures = picturesOf();
    const refused = () => planned([CLIP, pictures, "f32"], () => change(pictures));
    const { code, message } = assertThrows(refused, VitrailError, undefined, name);
    assertEquals(code, "usage");
    assertMatch(message, /^pictures were changed while the call was planned: the list of 34304 is no /, name);
  }
});

Deno.test("planBegun tells what is wrong of a long list that was wrong from the start", () => {
  for (
    const [wrong, found] of [[null, "null"], [{ width: 0, height: 0 }, "0x0"], [
      { width: 5n, height: 1 },
      "5nx1",
    ]]
  ) {
    const pictures = picturesOf();
    pictures[pictures.length - 1] = wrong as Size;
    const { message } = assertThrows(() => planned([CLIP, pictures, "f32"], () => {}), VitrailError);
    assertEquals(message, `a picture has whole sides from 1 up; picture 34304 is ${found}`);
  }
  for (const list of [Array(2 ** 32 - 1), [{ width: 0, height: 0 }]]) {
    assertThrows(() => planSample(CLIP, list), VitrailError, "picture 1 is ");
    assertThrows(() => planSample(CLIP, [PICTURE], "f32", list), VitrailError, "samples says how many");
    assertThrows(() => planSample(CLIP, [PICTURE], "f32", [1], list), VitrailError, "clips[0]");
  }
});

const LISTS: Record<string, (given: Given) => void> = {
  "clips: an index": ({ clips }) => (last(clips).indices as number[])[0]++,
  "clips: one more index": ({ clips }) => (last(clips).indices as number[]).push(1),
  "clips: a rate": ({ clips }) => last(clips).fps = 29.98,
  "clips: no rate": ({ clips }) => delete last(clips).fps,
  "clips: frames": ({ clips }) => last(clips).frames! += 2 ** 32,
  "clips: seconds": ({ clips }) => last(clips).duration = 0,
  "clips: one less": ({ clips }) => clips.pop(),
  "clips: no clip": ({ clips }) => clips[clips.length - 1] = 5 as unknown as ClipFrames,
};

Deno.test("planBegun refuses clips of a long list that are changed before they are copied", () => {
  for (const [name, change] of Object.entries(LISTS)) {
    const given = givenOf(), { pictures, samples, clips } = given;
    const refused = () => planned([VIDEO, pictures, "f32", samples, clips], () => change(given));
    assertMatch(
      assertThrows(refused, VitrailError, undefined, name).message,
      /^clips were changed while/,
      name,
    );
  }
});

Deno.test("planBegun refuses samples of a long list that are changed before they are copied", () => {
  for (const change of [[0, 2], [2, 0], [1], [1, 1, 1], [-1, 3]]) {
    const samples = Array<number>(ONE_PIECE).fill(1),
      pictures = Array<Size>(ONE_PIECE).fill({ width: 9, height: 9 });
    const refused = () => planned([CLIP, pictures, "f32", samples], () => samples.splice(-2, 2, ...change));
    assertMatch(assertThrows(refused, VitrailError).message, /^samples were changed while/, String(change));
  }
});

Deno.test("planBegun plans a long list as it was given, where it is changed once it was copied", () => {
  const pictures = picturesOf(), whole = planSample(CLIP, pictures), steps = pictures.length / STEP + 1;
  const plan = planned([CLIP, pictures, "f32"], () => pictures.fill({ width: 7, height: 7 }).pop(), steps);
  assert(plan.pictures.every(({ width, height }, index) => width === 90 + index % 3 && height === 120));
  assertEquals([plan.pictures.length, plan.images.at(-1)], [whole.pictures.length, whole.images.at(-1)]);
});

Deno.test("ListCopy gives a very long list that only reads, of one such, too", () => {
  const kind: EntryKind<number> = {
    sum: (before, entries) => entries.reduce(mixed, before),
    copy: (entry) => entry,
  };
  const copied = (list: readonly number[]) => {
    const copying = new ListCopy("numbers", list, kind).entries();
    let step = copying.next();
    while (!step.done) step = copying.next();
    return step.value;
  };
  const plain = Array.from({ length: 2 ** 18 }, (_, index) => index);
  const copy = structuredClone(copied(plain));
  assert(copy.length === plain.length && copy.every((entry, index) => entry === index));
  const twice = copied(copied([...plain, 7]));
  assertEquals([twice.length, twice[5], twice.at(-1)], [plain.length + 1, 5, 7]);
  assertThrows(() => twice.pop(), TypeError);
});

Deno.test("mixed gives other sums for other values, where they stand and what stands before", () => {
  const values = [0, 1, 2, -1, 0.5, NaN, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52, 1e-300, Infinity];
  const sums = values.flatMap((first) => values.map((value) => mixed(mixed(7, first), value)));
  assertEquals(new Set(sums).size, sums.length);
  for (const value of [undefined, null, "640", 640n, Symbol("640"), {}]) {
    assertEquals(mixed(0, value), mixed(0, NaN));
  }
});
