import { crossAttentionMask } from "../../text/cross_attention.ts";
import type { TextRow } from "../text/sample_text.ts";
import type { ExportTensor } from "./export_item.ts";

/** The name of the mask of tiles that tokens see, where pictures enter by cross-attention. */
export const CROSS_ATTENTION = "cross_attention_mask";

/** The tensor of a shard that has the tiles of each sample's pictures, where tokens attend to them. */
export const ATTENDED = "sample_attended";

/**
 * Returns the mask of samples that follow one another, `[tokens, pictures, tiles]`: no token sees a picture
 * of another sample. Undefined where they have no pictures, or where tokens do not attend to any.
 */
export function crossAttention(rows: readonly TextRow[]): ExportTensor | undefined {
  const most = rows.flatMap(({ attended = [] }) => attended).at(0)?.most;
  if (most === undefined) return undefined;
  const own = rows.map(({ ids, spans, attended = [] }) => ({
    length: ids.length,
    offsets: spans.map(({ start }) => start),
    tiles: attended.map(({ tiles }) => tiles),
  }));
  const tokens = own.reduce((sum, { length }) => sum + length, 0);
  const pictures = own.reduce((sum, { tiles }) => sum + tiles.length, 0);
  const bytes = () => {
    const all = new BigInt64Array(tokens * pictures * most);
    let token = 0, picture = 0;
    for (const { length, ...row } of own) {
      const { data } = crossAttentionMask([row], length, most), width = row.tiles.length * most;
      for (let at = 0; at < length; at++, token++) {
        all.set(data.subarray(at * width, (at + 1) * width), (token * pictures + picture) * most);
      }
      picture += row.tiles.length;
    }
    return Promise.resolve(new Uint8Array(all.buffer));
  };
  return { dtype: "I64", shape: [tokens, pictures, most], bytes };
}
