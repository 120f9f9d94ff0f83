import type { Batch } from "../../../src/engine/results/batch.ts";
import { resolveLayout } from "../../../src/layout/layout.ts";
import { parsePattern } from "../../../src/layout/pattern.ts";

/** An output's elements as JavaScript holds them, but for those of 64 bits. */
type Numbers = Float32Array | Float16Array | Uint16Array | Uint8Array;

/** Returns an output's elements row by row, as the plan counts rows, whatever order it is returned in. */
export async function rowsOf({ plan, outputs }: Batch, output: string): Promise<Numbers> {
  const data = await outputs[output].data() as Numbers, { arranged, shape } = plan.outputs[output];
  if (arranged === undefined) return data;
  const { offsets } = resolveLayout(parsePattern(arranged), shape);
  return data.map((_, element) => {
    let rest = element, place = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += offsets[axis][rest % shape[axis]];
      rest = Math.floor(rest / shape[axis]);
    }
    return data[place];
  });
}
