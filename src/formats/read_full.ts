/**
 * Reads from a file until `bytes` is full or the file ends; one read may give only some of what is asked for.
 *
 * @returns how many bytes were read: fewer than `bytes` holds where the file ended early.
 */
export async function readFull(file: Deno.FsFile, bytes: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < bytes.byteLength) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}

/** Does what {@linkcode readFull} does, and waits for the file. */
export function readFullSync(file: Deno.FsFile, bytes: Uint8Array): number {
  let filled = 0;
  while (filled < bytes.byteLength) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}
