import { assertEquals } from "@std/assert";
import { positionIds } from "../../../src/text/positions/position_ids.ts";
import { ROPE_RULES, type RopeRule } from "../../../src/text/positions/rope_rule.ts";
import { golden } from "../../support/golden/golden.ts";

/** One batch, and what Python's `get_rope_index` gave for it. */
interface Layout {
  /** The model, one of each rule and `ernie4_5_vl_moe`, whose clips are merged along time, too. */
  rule: RopeRule | "ernie4_5_vl_moe";
  /** Patches along each side of a token. */
  merge: number;
  /** Frames that become one step of a clip's tokens; 1 where absent. */
  temporalMerge?: number;
  positionsPerSecond?: number;
  axes?: number;
  side: "left" | "right";
  rows: {
    /** Kinds of tokens, each with how many follow one another. */
    types: number[];
    images?: { grid: [t: number, h: number, w: number]; video?: true; seconds?: number }[];
  }[];
  /** True where rows stand as they are; otherwise each is a list of `first, step, count`. */
  plain?: true;
  position_ids: number[][][];
  rope_deltas: number[];
}

const { layouts } = golden<{ layouts: Layout[] }>("positions");

function rowOf({ types, images = [] }: Layout["rows"][number], { merge, temporalMerge = 1 }: Layout) {
  return {
    types: triplesOf(types, 2).flatMap(([type, count]) => Array(count).fill(type)),
    images: images.map(({ grid: [t, h, w], video, seconds }) => ({
      video,
      secondsPerStep: seconds,
      tokenGrid: {
        steps: video ? Math.floor(t / temporalMerge) : t,
        rows: Math.floor(h / merge),
        columns: Math.floor(w / merge),
      },
    })),
  };
}

function triplesOf(list: number[], length: number): number[][] {
  return Array.from({ length: list.length / length }, (_, i) => list.slice(i * length, (i + 1) * length));
}

function valuesOf(list: number[], plain: boolean): number[] {
  if (plain) return list;
  return triplesOf(list, 3).flatMap(([first, step, count]) =>
    Array.from({ length: count }, (_, i) => first + i * step)
  );
}

for (const rule of [...ROPE_RULES, "ernie4_5_vl_moe"] as const) {
  const own = layouts.filter((layout) => layout.rule === rule);
  Deno.test(`positionIds gives those of get_rope_index of ${rule}, ${own.length} layouts`, () => {
    assertEquals(own.length, 34);
    for (const layout of own) {
      const { side, axes, positionsPerSecond: perSecond, plain = false } = layout;
      const rope = { rule: rule === "ernie4_5_vl_moe" ? "qwen2_vl" : rule, axes, perSecond } as const;
      const { position_ids, rope_deltas } = positionIds(
        layout.rows.map((row) => rowOf(row, layout)),
        rope,
        { side },
      );
      const expected = layout.position_ids.map((axis) => axis.map((row) => valuesOf(row, plain)));
      assertEquals(Array.from(position_ids.data, Number), expected.flat(2), JSON.stringify(layout.rows));
      assertEquals(position_ids.shape, [expected.length, expected[0].length, expected[0][0].length]);
      assertEquals(Array.from(rope_deltas.data, Number), layout.rope_deltas);
      assertEquals(rope_deltas.shape, [layout.rows.length, 1]);
      assertEquals(position_ids.dtype, rule === "qwen3_omni_moe" ? "F32" : "I64");
    }
  });
}
