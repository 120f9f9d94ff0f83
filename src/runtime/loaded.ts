import { messageOf, VitrailError } from "../errors.ts";

/**
 * Returns what is loaded when it is first needed, such as a library.
 * @param what its name, with which a message begins
 * @throws {VitrailError} `io` where it cannot be loaded, as where the network is away.
 */
export async function loaded<T>(what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof VitrailError) throw error;
    throw new VitrailError("io", `${what} cannot be loaded: ${messageOf(error)}`, { cause: error });
  }
}
