import { assertEquals, assertThrows } from "@std/assert";
import { type ErrorCode, VitrailError } from "../../../src/errors.ts";
import { positionIds, requirePositions } from "../../../src/text/positions/position_ids.ts";
import type { Rope } from "../../../src/text/positions/rope_rule.ts";
import type { PositionRow } from "../../../src/text/positions/token_runs.ts";

const PICTURE = { tokenGrid: { steps: 1, rows: 1, columns: 2 } };
const CLIP = { tokenGrid: { steps: 2, rows: 1, columns: 2 }, video: true } as const;

Deno.test("positionIds pads to the length that it is asked for", () => {
  const { position_ids } = positionIds([{ types: [0, 1, 1], images: [PICTURE] }], { rule: "qwen2_vl" }, {
    length: 5,
    side: "left",
  });
  assertEquals(position_ids.shape, [3, 1, 5]);
  assertEquals([...position_ids.data].map(Number), [0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 2]);
});

Deno.test("positionIds counts audio as text, as the Omni models do", () => {
  const types = [0, 3, 3, 3, 0, 2, 2, 2, 2, 0, 3, 0];
  const images = [{ ...CLIP, secondsPerStep: 0.5 }];
  for (const rule of ["qwen2_5_omni", "qwen3_omni_moe"] as const) {
    const rope = { rule, perSecond: 13 };
    const heard = positionIds([{ types, images }], rope);
    const read = positionIds([{ types: types.map((type) => type === 3 ? 0 : type), images }], rope);
    assertEquals(heard, read);
    const alone = positionIds([{ types: [0, 3, 3, 0], images: [] }], rope).position_ids;
    assertEquals([...alone.data].map(Number), [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
  }
});

Deno.test("positionIds and requirePositions name what does not pair", () => {
  const cases: [PositionRow, Rope, ErrorCode, string][] = [
    [
      { types: [0, 1, 1, 0], images: [] },
      { rule: "qwen2_vl" },
      "shape",
      "the text has more runs of a picture's tokens than pictures",
    ],
    [
      { types: [0, 1, 1, 0], images: [PICTURE, PICTURE] },
      { rule: "qwen2_vl" },
      "shape",
      "the text has no run of tokens left for a picture (1 to go)",
    ],
    [
      { types: [1, 1, 1, 1], images: [PICTURE, PICTURE] },
      { rule: "qwen2_vl" },
      "shape",
      "a picture's grid is 1x1x2 tokens, and 4 stand together in the text; " +
      "between two images there is to be a token of text",
    ],
    [
      { types: [2, 2], images: [CLIP] },
      { rule: "qwen3_vl" },
      "shape",
      "the text has no run of tokens left for a step of a clip (1 to go)",
    ],
    [
      { types: [1, 1], images: [{}] },
      { rule: "qwen2_vl" },
      "recipe",
      "the recipe does not say which grid an image's tokens have",
    ],
    [
      { types: [2, 2, 2, 2], images: [CLIP] },
      { rule: "qwen2_5_omni" },
      "usage",
      "the positions of a clip want perSecond, which is position_id_per_seconds in the model's config.json " +
      "(qwen2_5_omni)",
    ],
    [
      { types: [0, 4], images: [] },
      { rule: "qwen2_vl" },
      "shape",
      "token 1 is of kind 4, expected a kind from 0 to 3",
    ],
    [
      { types: [0], images: [] },
      { rule: "hunyuan_vl", axes: 2 },
      "usage",
      "hunyuan_vl counts along 3 axes or more, found 2",
    ],
    [
      { types: [0], images: [] },
      { rule: "llama" } as unknown as Rope,
      "usage",
      "rule is one of qwen2_vl, qwen2_5_vl, qwen3_vl, qwen2_5_omni, qwen3_omni_moe, glm_image, hunyuan_vl, " +
      'found "llama"',
    ],
  ];
  for (const [row, rope, code, message] of cases) {
    const error = assertThrows(() => positionIds([row], rope), VitrailError);
    assertEquals([error.code, error.message], [code, message]);
    const early = assertThrows(() => requirePositions(row, rope), VitrailError);
    assertEquals([early.code, early.message], [code, message]);
  }
});
