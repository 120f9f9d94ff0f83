import { VitrailError } from "../errors.ts";
import type { Service } from "./service.ts";

/** A service that can be reached. */
export interface Server {
  /** Its address. */
  readonly url: string;
  /**
   * Refuses new work, lets what is under way end within `wait` ms, and closes the port.
   * @returns the number of requests that were ended
   */
  stop(wait: number): Promise<number>;
}

/**
 * Has a service reached under a host's name and a port; 0 takes a free one.
 * @throws {VitrailError} `io` where the port is taken, or may not be had; `usage` in Node.
 */
export function serve(service: Service, hostname: string, port: number): Server {
  const closing = new AbortController(), server = listening(service, hostname, port, closing.signal);
  const { port: own } = server.addr as Deno.NetAddr,
    host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return {
    url: `http://${host}:${own}/`,
    async stop(wait) {
      const ended = await service.stop(wait);
      const timer = setTimeout(() => closing.abort(), LAST); // some clients neither read nor close
      await Promise.all([server.shutdown(), server.finished]);
      clearTimeout(timer);
      return ended;
    },
  };
}

/** The time in which what was answered may go, once nothing is under way, ms. */
const LAST = 1000;

function listening(
  service: Service,
  hostname: string,
  port: number,
  signal: AbortSignal,
): Deno.HttpServer {
  if (typeof Deno.serve !== "function") {
    throw new VitrailError("usage", "vitrail serve runs in Deno, not in Node");
  }
  try {
    return Deno.serve({ hostname, port, signal, onListen: () => {} }, (request) => service.answer(request));
  } catch (cause) {
    const where = `${hostname}, port ${port}`;
    const why = cause instanceof Deno.errors.AddrInUse
      ? "it is taken; choose another with --port N, or a free one with --port 0"
      : cause instanceof Deno.errors.NotCapable
      ? "Deno wants --allow-net for that"
      : String(cause);
    throw new VitrailError("io", `cannot serve on ${where}: ${why}`, { cause });
  }
}
