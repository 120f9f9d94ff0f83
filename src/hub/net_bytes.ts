import { messageOf, VitrailError } from "../errors.ts";

/** The limits of a download. */
export interface DownloadLimits {
  /** The most bytes. */
  readonly most: number;
  /** The longest that it may take, ms. */
  readonly timeout: number;
  /** `error` follows no redirection, which may lead to another host; absent: all are followed. */
  readonly redirect?: "error";
}

/**
 * Downloads what an http or https address gives, in whole.
 *
 * @param what the thing in messages, after "cannot download": `the picture https://…`
 * @param stop ends the download, once it is aborted: its reason is thrown
 * @throws {VitrailError} `io` where the server cannot be reached, refuses, takes longer or ends early;
 * `limit` for more bytes.
 */
export async function netBytes(
  address: string,
  what: string,
  { most, timeout, redirect }: DownloadLimits,
  stop?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const limit = AbortSignal.timeout(timeout), begin = `cannot download ${what}`;
  const signal = stop ? AbortSignal.any([limit, stop]) : limit;
  try {
    const response = await fetch(address, { signal, redirect });
    if (!response.ok) {
      await response.body?.cancel();
      throw new VitrailError("io", `${begin}: the server says ${response.status} ${response.statusText}`);
    }
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for await (const piece of response.body ?? []) {
      length += piece.length;
      if (length > most) throw new VitrailError("limit", `${what} has more than ${most} bytes`);
      pieces.push(piece);
    }
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  } catch (error) {
    if (error instanceof VitrailError) throw error;
    stop?.throwIfAborted();
    const why = signal.aborted
      ? `it takes more than ${timeout / 1000} s`
      : error instanceof Deno.errors.NotCapable
      ? `Deno wants --allow-net for that`
      : messageOf(error);
    throw new VitrailError("io", `${begin}: ${why}`, { cause: error });
  }
}
