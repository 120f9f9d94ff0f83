import { ShardFile } from "../shard_file.ts";
import { checkOutputs } from "./check_outputs.ts";
import { checkTokens } from "./check_tokens.ts";
import { damagedShard, listOffsets, requireWithin, tensorIn } from "./shard_values.ts";

/** The largest number of 32 bits. */
const MOST_INT = 2 ** 31 - 1;

/**
 * Opens a shard whose content is checked: its checksum, and that what one tensor says of another is so.
 * @throws {VitrailError} `io` where it cannot be read, where it is something else, or where it is damaged.
 */
export async function openShard(path: string): Promise<ShardFile> {
  const shard = await ShardFile.read(path);
  checkShard(shard);
  return shard;
}

/**
 * Checks that a shard's tensors fit one another: bounds, order and sums. The checksum holds what was written;
 * this holds what a program wrote that is not ours.
 * @throws {VitrailError} `io`, with the tensor and its number, for what does not fit.
 */
export function checkShard(shard: ShardFile): void {
  const { shape: [samples] } = tensorIn(shard, "sample_position", ["I64"], [undefined]);
  requireWithin(shard, "sample_position", 0, Number.MAX_SAFE_INTEGER);
  requireEachOnce(shard, "sample_position");
  checkPictures(shard, samples);
  for (const name of ["text", "record"]) {
    tensorIn(shard, name, ["U8"], [undefined]);
    listOffsets(shard, name, samples);
  }
  checkTokens(shard, samples);
  checkOutputs(shard, samples);
  if (!shard.has("pack_samples")) return;
  shard.tensor("input_ids"); // of which packs are made
  tensorIn(shard, "pack_samples", ["I32"], [samples]);
  listOffsets(shard, "pack_samples");
  requireWithin(shard, "pack_samples", 0, samples - 1);
  requireEachOnce(shard, "pack_samples");
}

/** Checks the pictures, which stand in the order in which samples use them first. */
function checkPictures(shard: ShardFile, samples: number): void {
  const { shape: [pictures] } = tensorIn(shard, "picture_size", ["I32"], [undefined, 2]);
  tensorIn(shard, "picture_grid", ["I32"], [pictures, 2]);
  requireWithin(shard, "picture_size", 1, MOST_INT);
  requireWithin(shard, "picture_grid", 0, MOST_INT);
  if (shard.has("picture_tokens")) {
    tensorIn(shard, "picture_tokens", ["I32"], [pictures]);
    requireWithin(shard, "picture_tokens", 0, MOST_INT);
  }
  const { data } = tensorIn(shard, "sample_pictures", ["I32"], [undefined]);
  requireWithin(shard, "sample_pictures", 0, pictures - 1);
  listOffsets(shard, "sample_pictures", samples);
  let next = 0;
  for (const [index, picture] of (data as Int32Array).entries()) {
    if (picture > next) {
      throw damagedShard(
        shard,
        `sample_pictures has ${picture} at ${index}, and ${next} is the next new one`,
      );
    }
    if (picture === next) next++;
  }
  if (next < pictures) throw damagedShard(shard, `sample_pictures lacks picture ${next} of ${pictures}`);
}

/** Checks that no number stands twice in a tensor. */
function requireEachOnce(shard: ShardFile, name: string): void {
  const { data } = shard.tensor(name), known = new Set<number | bigint>();
  for (const number of data) {
    if (known.has(number)) throw damagedShard(shard, `${name} has ${number} twice`);
    known.add(number);
  }
}
