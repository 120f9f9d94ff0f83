import { shown, VitrailError } from "../errors.ts";

/**
 * Requires that a signal is one, and not aborted yet.
 * @throws {VitrailError} `usage` for what is no signal; the signal's reason where it is aborted by now.
 */
export function requireSignal(signal: AbortSignal | undefined): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new VitrailError("usage", `signal is an AbortSignal, found ${shown(signal)}`);
  }
  signal?.throwIfAborted();
}
