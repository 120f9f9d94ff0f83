import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { mat3 } from "wgpu-matrix";
import { multiplied, scaling, translation } from "../../src/plan/matrix.ts";

const pair = fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 9999 }));

Deno.test("multiplied, scaling and translation give the bits of wgpu-matrix", () => {
  fc.assert(fc.property(pair, pair, pair, ([a, b], [c, d], [e, f]) => {
    const ours = multiplied(multiplied(translation(a, b), scaling(d, c)), translation(e, f));
    const moved = mat3.multiply(mat3.translation([a, b]), mat3.scaling([d, c]));
    assertEquals(ours, mat3.multiply(moved, mat3.translation([e, f])) as Float32Array);
  }));
});
