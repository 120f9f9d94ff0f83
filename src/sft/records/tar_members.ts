import { extract, type Header } from "npm:tar-stream@3.2.2";
import { messageOf, VitrailError } from "../../errors.ts";

/** One file of a tar archive. */
export interface TarMember {
  /** Its name in the archive. */
  readonly name: string;
  /** The first byte of its header, or of the headers that give it a long name. */
  readonly begin: number;
  /** The first byte of its content. */
  readonly content: number;
  /** The bytes of its content. */
  readonly size: number;
}

/** The bytes of a block, which everything in an archive is a whole number of. */
const BLOCK = 512;

/**
 * Yields the files of a tar archive, in order: POSIX's ustar and pax, GNU's, and the oldest ones. Folders are
 * passed over.
 *
 * @param chunks the archive's bytes, or those of some whole members
 * @param path the archive's name in messages
 * @throws {VitrailError} `dataset` where it is damaged or cut short inside a member, or holds a link or a
 * device.
 */
export async function* tarMembers(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
): AsyncGenerator<TarMember> {
  const archive = extract({ allowUnknownFormat: true } as Parameters<typeof extract>[0]);
  const fed = feed(archive, chunks);
  let end = 0;
  try {
    for await (const entry of archive) {
      const { name, size = 0, type, byteOffset: content } = entry.header as Header & { byteOffset: number };
      const begin = end;
      end = content + Math.ceil(size / BLOCK) * BLOCK;
      if (type === "file" || type === "contiguous-file") yield { name, begin, content, size };
      else if (type !== "directory") {
        throw new VitrailError(
          "dataset",
          `${path}: ${JSON.stringify(name)} is a ${type ?? "thing of an unknown kind"}; only files are read`,
        );
      }
      entry.resume();
    }
    await fed;
  } catch (error) {
    if (error instanceof VitrailError) throw error;
    throw new VitrailError(
      "dataset",
      `${path} is no whole tar: after ${end} bytes it is damaged or cut short (${messageOf(error)})`,
      { cause: error },
    );
  } finally {
    archive.destroy();
  }
}

/** Writes bytes to an archive's reader, as fast as it takes them. */
async function feed(
  archive: ReturnType<typeof extract>,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  let wake = () => {};
  archive.on("drain", () => wake());
  archive.on("close", () => wake());
  try {
    for await (const chunk of chunks) {
      if (archive.destroyed) return;
      const drained = new Promise<void>((resolve) => wake = resolve);
      if (!archive.write(chunk)) await drained;
    }
    archive.end(undefined);
  } catch (error) {
    archive.destroy(error as Error);
  }
}
