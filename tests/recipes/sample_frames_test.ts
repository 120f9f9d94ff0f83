import { createHash } from "node:crypto";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { VitrailError } from "../../src/errors.ts";
import { recipeFromConfig } from "../../src/recipes/config.ts";
import { VIDEO_FAMILIES } from "../../src/recipes/families/clips/video_families.ts";
import { recipe as named } from "../../src/recipes/registry.ts";
import { sampleFrames, type SampleFramesOptions } from "../../src/recipes/sample_frames.ts";
import type { ClipTiming } from "../../src/recipes/videos/clip_timing.ts";
import { golden } from "../support/golden/golden.ts";

/** A clip, and the frames that a class of transformers chose of it. */
interface Row extends ClipTiming {
  class: string;
  options?: SampleFramesOptions;
  count: number;
  indices?: number[];
  sha256?: string;
  samples?: number[];
  /** The exception that Python raised in place of indices. */
  error?: string;
}

/**
 * Classes whose code breaks by a TypeError where neither a count nor a rate is asked for, and that have a
 * branch for taking all frames: that is what they get here.
 */
const ALL_FRAMES = /^(Llava|VideoLl|Instruct|Perception|Qwen2VL|PeVideo|Gemma4|Kimi|MiniMax)/;

/** Options that a class takes and does not read, which are refused. Python passes over them. */
const IDLE: Record<string, keyof SampleFramesOptions> = { Glm46VVideoProcessor: "fps" };

/** Fields that a class must be given for its recipe to be made. */
const NEEDED: Record<string, object> = { Ernie4_5_VLMoeVideoProcessor: { draw_on_frames: false } };

const { rows } = golden<{ rows: Row[] }>("sample_frames");

for (const [type, own] of Map.groupBy(rows, (row) => row.class)) {
  Deno.test(`sampleFrames chooses transformers' frames: ${type}, ${own.length} clips`, () => {
    const recipe = recipeFromConfig({ video_processor_type: type, ...NEEDED[type] });
    for (const row of own) {
      const { frames, fps, options: { ...options } = {} } = row, idle = IDLE[type];
      delete options[idle];
      const clip = "duration" in row ? { frames, fps, duration: row.duration } : { frames, fps };
      const choose = () => sampleFrames(recipe, clip, { do_sample_frames: true, ...options }).indices;
      const label = JSON.stringify(row);
      if (row.options && idle in row.options) {
        const given = () => sampleFrames(recipe, clip, row.options);
        assertThrows(given, VitrailError, `does not read ${idle}`, label);
      }
      if (row.error === "TypeError" && ALL_FRAMES.test(type)) {
        const all = choose();
        assert(all.length === frames && all.every((frame, index) => frame === index), label);
      } else if (row.error) {
        assertThrows(choose, VitrailError, undefined, label);
      } else {
        requireIndices(choose(), row, label);
      }
    }
  });
}

function requireIndices(found: readonly number[], row: Row, label: string): void {
  assertEquals(found.length, row.count, label);
  if (row.indices) return assertEquals(found, row.indices, label);
  const spread = Array.from({ length: 8 }, (_, i) => found[Math.floor(i * (found.length - 1) / 7)]);
  assertEquals(spread, row.samples, label);
  assertEquals(createHash("sha256").update(Int32Array.from(found)).digest("hex"), row.sha256, label);
}

Deno.test("sampleFrames has rows of every class, 300 and more", () => {
  const proved = new Set(rows.map((row) => row.class));
  const unproved = VIDEO_FAMILIES.filter(({ types }) => !types.some((type) => proved.has(type)));
  assertEquals(unproved.map(({ name }) => name), []);
  assert(rows.filter(({ error }) => error === undefined).length >= 300);
});

Deno.test("sampleFrames takes all frames where the config says so, and a call's fps says otherwise", () => {
  const recipe = recipeFromConfig({ video_processor_type: "Qwen2VLVideoProcessor" });
  assertEquals(sampleFrames(recipe, { frames: 6, fps: 2 }).indices, [0, 1, 2, 3, 4, 5]);
  assertEquals(sampleFrames(recipe, { frames: 60, fps: 10 }, { fps: 1 }).indices, [0, 10, 20, 30, 40, 50]);
  const fixed = recipeFromConfig({ video_processor_type: "Qwen2VLVideoProcessor", num_frames: 4 });
  assertEquals(sampleFrames(fixed, { frames: 8 }).indices.length, 8);
  assertEquals(sampleFrames(fixed, { frames: 8 }, { do_sample_frames: true }).indices, [0, 2, 4, 6]);
});

Deno.test("sampleFrames gives seconds where the clip's rate is known, or its class takes one for it", () => {
  const qwen3 = recipeFromConfig({ video_processor_type: "Qwen3VLVideoProcessor" });
  assertEquals(sampleFrames(qwen3, { frames: 48 }).timestamps, [0, 16 / 24, 31 / 24, 47 / 24]);
  assertEquals(sampleFrames(qwen3, { frames: 4, fps: 2 }), {
    indices: [0, 1, 2, 3],
    timestamps: [0, 0.5, 1, 1.5],
    fps: 2,
    frames: 4,
    duration: 2,
  });
  const llava = recipeFromConfig({ video_processor_type: "LlavaNextVideoVideoProcessor" });
  assertEquals(sampleFrames(llava, { frames: 2 }), { indices: [0, 1], frames: 2 });
});

Deno.test("sampleFrames says what is wrong", () => {
  const qwen3 = recipeFromConfig({ video_processor_type: "Qwen3VLVideoProcessor" });
  const cases: [() => unknown, string][] = [
    [() => sampleFrames(named("ixc25"), { frames: 8 }), "ixc25 chooses no frames"],
    [() => sampleFrames(qwen3, { frames: 0 }), "from 1 up, found 0"],
    [
      () => sampleFrames(qwen3, { frames: 8, fps: -1 }),
      "a clip's fps is a number above 0, 1000000 at most, found -1",
    ],
    [() => sampleFrames(qwen3, { frames: 8 }, { num_frames: 4, fps: 1 }), "exclude each other"],
    [
      () => sampleFrames(qwen3, { frames: 8 }, { num_frames: 4 }),
      "exclude each other; make one of them null",
    ],
    [() => sampleFrames(qwen3, { frames: 8 }, { numframes: 4 } as never), 'did you mean "num_frames"?'],
    [
      () => sampleFrames(qwen3, { frames: 8 }, { fps: 0 }),
      "fps is frames a second, above 0, 1000 at most, found 0",
    ],
  ];
  for (const [choose, message] of cases) assertThrows(choose, VitrailError, message);
});
