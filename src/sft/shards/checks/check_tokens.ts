import { IGNORED } from "../../text/labels.ts";
import type { ShardFile } from "../shard_file.ts";
import { damagedShard, listOffsets, requireWithin, tensorIn } from "./shard_values.ts";

/** The largest number of 32 bits. */
const MOST_INT = 2 ** 31 - 1;

/**
 * Checks the tensors of tokens, where a shard has some: their lengths, their spans in the rows, labels that
 * are their tokens, masks that are their spans.
 * @throws {VitrailError} `io`, with the tensor, for what is not so.
 */
export function checkTokens(shard: ShardFile, samples: number): void {
  if (!shard.has("input_ids")) return;
  const { data: ids, shape: [total] } = tensorIn(shard, "input_ids", ["I64"], [undefined]);
  const { data: labels } = tensorIn(shard, "labels", ["I64"], [total]);
  requireWithin(shard, "input_ids", 0, MOST_INT);
  const wrong = labels.findIndex((label, index) => label !== BigInt(IGNORED) && label !== ids[index]);
  if (wrong >= 0) {
    throw damagedShard(
      shard,
      `labels has ${labels[wrong]} at ${wrong}, expected ${ids[wrong]} or ${IGNORED}`,
    );
  }
  const rows = listOffsets(shard, "input_ids", samples);
  checkRows(shard, rows, samples);
  checkSpans(shard, rows, samples);
  if (shard.has("position_ids")) {
    tensorIn(shard, "position_ids", ["I32", "F32"], [total, undefined]);
    tensorIn(shard, "rope_deltas", ["I32", "F32"], [samples]);
  }
  if (!shard.has("sample_attended")) return;
  const most = Number(shard.file.metadata.attended_most);
  if (!Number.isSafeInteger(most)) throw damagedShard(shard, `attended_most in its header is ${most}`);
  tensorIn(shard, "sample_attended", ["I32"], shard.tensor("sample_pictures").shape);
  requireWithin(shard, "sample_attended", 1, most);
}

/** Checks that no row is longer than it was before it was cut. */
function checkRows(shard: ShardFile, rows: readonly number[], samples: number): void {
  const { data: whole } = tensorIn(shard, "row_lengths", ["I32"], [samples]);
  for (let sample = 0; sample < samples; sample++) {
    const length = rows[sample + 1] - rows[sample];
    if (whole[sample] >= length) continue;
    throw damagedShard(shard, `row_lengths has ${whole[sample]} at ${sample}, and the row ${length} tokens`);
  }
}

/**
 * Checks that spans of pictures follow one another in their rows, and that masks are made of them. A span may
 * be longer than its tokens, by the texts between them, and shorter where its row was cut.
 */
function checkSpans(shard: ShardFile, rows: readonly number[], samples: number): void {
  const pictures = shard.numbers("sample_pictures_offsets", 0, samples + 1);
  tensorIn(shard, "sample_spans", ["I32"], [pictures[samples], 3]);
  const { shape: [total] } = shard.tensor("input_ids"), mask = new Uint8Array(total);
  for (let sample = 0; sample < samples; sample++) {
    const [from, to] = [pictures[sample], pictures[sample + 1]], length = rows[sample + 1] - rows[sample];
    for (let span = from, end = 0; span < to; span++) {
      const [start, own, tokens] = shard.numbers("sample_spans", span * 3, span * 3 + 3);
      if (start < end || own < 0 || tokens < 0 || start + own > length) {
        const found = [start, own, tokens].join(", ");
        throw damagedShard(
          shard,
          `sample_spans has [${found}] at ${span}, in a row of ${length} after ${end}`,
        );
      }
      end = start + own;
      mask.fill(1, rows[sample] + start, rows[sample] + end);
    }
  }
  if (!shard.has("im_mask")) {
    tensorIn(shard, "mm_token_type_ids", ["U8"], [total]);
    return requireWithin(shard, "mm_token_type_ids", 0, 2);
  }
  const { data } = tensorIn(shard, "im_mask", ["BOOL"], [total]);
  const wrong = mask.findIndex((one, index) => one !== data[index]);
  if (wrong >= 0) throw damagedShard(shard, `im_mask has ${data[wrong]} at ${wrong}, against sample_spans`);
}
