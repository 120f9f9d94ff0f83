import { messageOf, VitrailError } from "../errors.ts";

/**
 * The `io` error of a part of Vitrail, such as a library, that cannot be loaded. Neither a picture nor a
 * sample is to blame, and the next one would fail as well.
 */
export class NotLoaded extends VitrailError {
  /** Creates the error. */
  constructor(message: string, options?: { cause?: unknown }) {
    super("io", message, options);
  }
}

/**
 * Returns what is loaded when it is first needed, such as a library.
 * @param what its name, with which a message begins
 * @throws {NotLoaded} where it cannot be loaded, as where the network is away.
 */
export async function loaded<T>(what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new NotLoaded(`${what} cannot be loaded: ${messageOf(cause)}`, { cause });
  }
}
