import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import process from "node:process";
import { VitrailError } from "../../../src/errors.ts";
import type { Size } from "../../../src/plan/geometry.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { VIDEO_FAMILIES } from "../../../src/recipes/families/clips/video_families.ts";
import { planSample } from "../../../src/recipes/plan_sample.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { sampleFrames, type SampleFramesOptions } from "../../../src/recipes/sample_frames.ts";
import type { ClipTiming } from "../../../src/recipes/videos/clip_timing.ts";

/** The recipe of a class for clips, by the name before `VideoProcessor`. */
function clipsOf(name: string, config: object = {}, changes = {}): Recipe {
  return recipeFromConfig({ video_processor_type: `${name}VideoProcessor`, ...config }, changes);
}

/** The shape of the pixels of one clip. */
function shapeOf(recipe: Recipe, size: Size, frames: number): readonly number[] {
  const { outputs } = planSample(recipe, Array(frames).fill(size), "f32", [frames]);
  const { as, shape } = Object.values(outputs)[0];
  return as ?? shape;
}

const WIDE = { width: 90, height: 60 }, DOT = { width: 16, height: 16 };

/** Fields, and the shape of two frames of 90x60, by each class's `default_to_square`, true by default. */
const SQUARED: [name: string, config: object, shape: number[]][] = [
  ["InternVL", { size: 28 }, [1, 2, 3, 28, 28]],
  ["InstructBlipVideo", { size: 28 }, [1, 2, 3, 28, 28]],
  ["PerceptionLM", { size: 28 }, [1, 2, 3, 28, 28]],
  ["PerceptionLM", { size: 28, default_to_square: false }, [1, 2, 3, 28, 42]],
  ["PeVideo", { size: 28, do_resize: true }, [1, 2, 3, 28, 28]],
  ["LlavaOnevision", { size: 28 }, [1, 2, 3, 28, 42]],
  ["LlavaNextVideo", { size: 28, do_center_crop: false }, [1, 2, 3, 28, 42]],
  ["VideoLlava", { size: 28, do_center_crop: false }, [1, 2, 3, 28, 42]],
];

for (const [name, config, shape] of SQUARED) {
  Deno.test(`recipeFromConfig reads a clip's size as ${name} does: ${JSON.stringify(config)}`, () => {
    assertEquals(shapeOf(clipsOf(name, config), WIDE, 2), shape);
  });
}

/** Clips at the edge of what Python takes, the next ones, and how the error names those. */
const EDGES: [
  source: string,
  name: string,
  config: object,
  size: Size,
  taken: number,
  refused: number,
  string,
][] = [
  // 2 tokens are 2 · 2 · 28² pixels: 4 frames of a group each, in whole steps of 2.
  ["fit_within_budget", "Glm5Next", { max_image_tokens: 2 }, WIDE, 4, 7, "8 frames of 28x28 are more than"],
  // longest_edge // frames is 0, by which the sides would be divided.
  [
    "_preprocess",
    "VideoLlama3",
    { size: { shortest_edge: 1, longest_edge: 2 } },
    WIDE,
    2,
    3,
    "90x60: longest_edge gives its 3 frames 2 pixels together",
  ],
  ["smart_resize", "Qwen3VL", {}, WIDE, 2, 1, "90x60: a clip has 2 frames or more, not 1"],
];

for (const [source, name, config, size, taken, refused, message] of EDGES) {
  Deno.test(`planSample takes ${taken} frames, not ${refused}, as ${name} does in ${source}`, () => {
    const recipe = clipsOf(name, config);
    shapeOf(recipe, size, taken);
    const error = assertThrows(() => shapeOf(recipe, size, refused), VitrailError, message);
    assertEquals(error.code, "shape");
  });
}

Deno.test("planSample refuses frames that would become no token, which no model can read", () => {
  for (const name of ["Gemma4", "Kimi_K25", "MuseGlimmer"]) {
    const recipe = clipsOf(name, { do_resize: false, patch_size: 16 });
    const error = assertThrows(() => shapeOf(recipe, DOT, 1), VitrailError);
    assertEquals([error.code, error.message], [
      "shape",
      "an image of 16x16 would become no token: it is too small",
    ]);
  }
});

Deno.test("planSample refuses a clip without frames", () => {
  assertThrows(() => planSample(clipsOf("Qwen2VL"), [], "f32", [0]), VitrailError, "at least one frame");
});

/** Fields of configs that Python fails by, or that would change what is computed. */
const REFUSED: [name: string, config: object, message: string][] = [
  // `resize` reads its `longest_edge`.
  ["SmolVLM", { max_image_size: { height: 20, width: 20 } }, "max_image_size is an object with longest_edge"],
  ["InternVL", { device: "cuda" }, 'device is "cpu": a GPU\'s floats are those of backend torchvision-cuda'],
  ["InternVL", { device: "cpu", backend: "torchvision-cuda" }, "device is a GPU, or null"],
];

for (const [name, config, message] of REFUSED) {
  Deno.test(`recipeFromConfig refuses a clip's ${JSON.stringify(config)}: ${name}`, () => {
    assertEquals(assertThrows(() => clipsOf(name, config), VitrailError, message).code, "recipe");
  });
}

/** Fields that classes have and do not read: files hold them, and callers may not give them. */
const UNREAD: Record<string, object> = {
  Glm4v: { num_frames: 8 },
  Glm46V: { fps: 1, num_frames: 8, max_duration: 9 },
  Glmga: { num_frames: 8, max_duration: 9 },
  Glm5Next: { num_frames: 8 },
  MiniCPMV4_6: { fps: 1, num_frames: 8 },
  MiniMaxM3VL: { min_frames: 2, max_frames: 8 },
  Qwen3VL: { max_duration: 9, max_image_size: { longest_edge: 9 } },
};

for (const [name, fields] of Object.entries(UNREAD)) {
  Deno.test(`recipeFromConfig takes what ${name} does not read of clips from a file alone`, () => {
    clipsOf(name, fields);
    for (const [field, value] of Object.entries(fields)) {
      const error = assertThrows(() => clipsOf(name, {}, { [field]: value }), VitrailError);
      assertStringIncludes(error.message, `does not read ${field}`);
    }
  });
}

const MINUTE = { frames: 600, fps: 10 };

/** Calls whose option changes nothing, and clips that end before their duration does. */
const CHOICES: [name: string, clip: ClipTiming, options: SampleFramesOptions, message: string][] = [
  ["Glm4v", MINUTE, { num_frames: 8 }, "does not read num_frames, and neither"],
  ["Glm4v", MINUTE, { max_duration: 8 }, "does not read max_duration, which is read of the config"],
  ["Glmga", MINUTE, { max_frames: 8 }, "does not read max_frames, which is read of the config"],
  ["Qwen3VL", MINUTE, { max_frames: 8 }, "does not read max_frames, which is read of the config"],
  ["Cosmos3Edge", MINUTE, { min_frames: 8 }, "does not read min_frames, which is read of the config"],
  ["MiniCPMV4_6", MINUTE, { fps: 1 }, "does not read fps, and neither does"],
  [
    "MiniCPMV4_6",
    { frames: 20, fps: 10, duration: 3 },
    {},
    "its duration, 3 s, asks for frame 20, which it has not; leave duration out",
  ],
];

for (const [name, clip, options, message] of CHOICES) {
  Deno.test(`sampleFrames refuses ${JSON.stringify({ ...clip, ...options })}: ${name}`, () => {
    assertThrows(() => sampleFrames(clipsOf(name), clip, options), VitrailError, message);
  });
}

Deno.test("sampleFrames takes a config's bounds where a call's change nothing", () => {
  for (const name of ["Qwen3VL", "Glmga", "Glm5Next", "CohereCompass", "Cosmos3Edge"]) {
    assertEquals(sampleFrames(clipsOf(name, { max_frames: 6 }), MINUTE).indices.length, 6, name);
  }
});

/** Counts and rates that clips of strangers may claim. */
const CLAIMED: readonly ClipTiming[] = [
  { frames: 2 ** 53 - 1 },
  { frames: 2 ** 40, fps: 0.001 },
  { frames: 2 ** 39, fps: 1e6 },
  { frames: 5e7, fps: 1000 },
  { frames: 2 ** 20 + 1, fps: 1e6, duration: 1e6 },
  { frames: 3, fps: 1e-6 },
];

/** Returns the seconds of processor time that were used so far: those of a busy machine, too. */
function usedTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

Deno.test("sampleFrames takes no long time for any count and rate, in every class", () => {
  for (const { types: [type] } of VIDEO_FAMILIES) {
    const needed = type.startsWith("Ernie") ? { draw_on_frames: false } : {};
    const recipe = recipeFromConfig({ video_processor_type: type, ...needed });
    for (const clip of CLAIMED) {
      for (const do_sample_frames of [true, false]) {
        const start = usedTime(), label = `${type} ${JSON.stringify(clip)} ${do_sample_frames}`;
        try {
          assert(sampleFrames(recipe, clip, { do_sample_frames }).indices.length <= 2 ** 18, label);
        } catch (error) {
          assert(error instanceof VitrailError, `${label}: ${error}`);
        }
        assert(usedTime() - start < 1, label); // below 0.05
      }
    }
  }
});

Deno.test("sampleFrames takes the first frame of each interval, however many frames lie between", () => {
  const rare = sampleFrames(clipsOf("Glm5Next", { fps: 1 / 64 }), { frames: 6400, fps: 25 });
  assertEquals(rare.indices, [0, 1600, 3200, 4800]); // at 0, 64, 128 and 192 s of 256
});

Deno.test("sampleFrames begins no second by rounding, for which MiniCPM-V has no frame", () => {
  const { indices } = sampleFrames(clipsOf("MiniCPMV4_6"), { frames: 21, fps: 0.7 }); // 30.000000000000004 s
  assertEquals([indices.length, indices.at(-1)], [30, 20]);
});
