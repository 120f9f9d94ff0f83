import { createHash } from "node:crypto";
import { VitrailError } from "../../../errors.ts";
import type { FilePieces } from "../../../formats/atomic_write.ts";
import type { SafetensorsFile } from "../../../formats/safetensors.ts";
import { safetensorsPieces, type TensorSource } from "../../../formats/safetensors_pieces.ts";
import { SEAL_BYTES } from "../../../formats/sha256.ts";

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

/** The check of a file's seal, which hashes the bytes that are read. */
export class SealCheck {
  readonly #hash = createHash("sha256");
  #last: Uint8Array = new Uint8Array();

  /** Takes the next bytes of the file. The seal comes alone. */
  add(bytes: Uint8Array): void {
    this.#hash.update(this.#last);
    this.#last = bytes;
  }

  /**
   * Checks that the bytes, of which no more come, end in their seal.
   * @throws {VitrailError} `io` where they have none, or where they are others than those that were sealed.
   */
  requireSeal(path: string, { tensors }: SafetensorsFile): void {
    if ([...tensors.keys()].at(-1) !== SEAL) {
      throw new VitrailError("io", `${path} does not end in ${SEAL}; vitrail sft makes it again`);
    }
    if (this.#hash.digest().equals(this.#last)) return;
    throw new VitrailError(
      "io",
      `${path} is damaged: its content is not that of its checksum; vitrail sft makes it again`,
    );
  }
}
