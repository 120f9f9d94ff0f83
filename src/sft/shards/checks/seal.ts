import { VitrailError } from "../../../errors.ts";
import type { FilePieces } from "../../../formats/atomic_write.ts";
import type { SafetensorsFile } from "../../../formats/safetensors.ts";
import { safetensorsPieces, type TensorSource } from "../../../formats/safetensors_pieces.ts";
import { SEAL_BYTES, sealedSha256Of } from "../../../formats/sha256.ts";

/** The tensor U8 `[32]` that a shard ends in: the sha256 of all bytes of the file before it. */
export const SEAL = "content_sha256";

/** Returns what makes the pieces of a safetensors file that ends in its seal, as `writeHashed` takes it. */
export function sealedPieces(
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>>,
): (digest: () => Uint8Array) => FilePieces {
  // Elements of a byte come last in the file, in the order given, and pieces are asked for one by one.
  return (digest) => {
    function* seal() {
      yield digest();
    }
    const last: TensorSource = { name: SEAL, dtype: "U8", shape: [SEAL_BYTES], data: seal() };
    return safetensorsPieces([...tensors, last], metadata);
  };
}

/**
 * Checks that a file ends in its seal.
 * @throws {VitrailError} `io` where it has none, or where its bytes are others than those that were sealed.
 */
export async function requireSeal(path: string, { tensors }: SafetensorsFile): Promise<void> {
  if ([...tensors.keys()].at(-1) !== SEAL) {
    throw new VitrailError("io", `${path} does not end in ${SEAL}; vitrail sft makes it again`);
  }
  if ((await sealedSha256Of(path)).sealed) return;
  throw new VitrailError(
    "io",
    `${path} is damaged: its content is not that of its checksum; vitrail sft makes it again`,
  );
}
