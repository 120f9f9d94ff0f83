import { join } from "node:path";
import { writeAtomically } from "../../formats/atomic_write.ts";
import reader from "./vitrail_reader.py" with { type: "text" };

/** The name of the reader for Python, which stands beside the shards. */
export const READER = "vitrail_reader.py";

/**
 * Writes the reader for Python into a folder of shards.
 * @param temporary its name until it is whole
 * @throws {VitrailError} `io` where it cannot be written.
 */
export async function writeReader(folder: string, temporary: string): Promise<void> {
  await writeAtomically(join(folder, READER), new TextEncoder().encode(reader), temporary);
}
