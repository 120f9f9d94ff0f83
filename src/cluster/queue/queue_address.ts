import { VitrailError } from "../../errors.ts";

/** The address of a NATS server, and what it asks of those who come. */
export interface QueueAddress {
  /** The server as messages name it, without user and password: `nats://host:4222`. */
  readonly server: string;
  /** True where the connection is encrypted. */
  readonly tls: boolean;
  readonly user?: string;
  readonly password?: string;
  /** The path of a `.creds` file. */
  readonly credentials?: string;
}

/** The port of NATS servers, where an address says none. */
const PORT = "4222";

/**
 * Reads the address of a queue, such as `nats://user:password@host:4222`; `tls://` is encrypted.
 * @param credentials the path of a `.creds` file, if any
 * @throws {VitrailError} `usage` for anything else. A password is in no message.
 */
export function queueAddress(text: string, credentials?: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && ["", "/"].includes(url.pathname) && url.search === "" && url.hash === "";
  if (!plain || !["nats:", "tls:"].includes(url.protocol) || url.hostname === "") {
    const shown = withoutPassword(text);
    throw new VitrailError("usage", `--queue is an address such as nats://host:4222, found "${shown}"`);
  }
  const { protocol, hostname, port, username, password } = url;
  return {
    server: `${protocol}//${hostname}:${port || PORT}`,
    tls: protocol === "tls:",
    ...(username !== "" && { user: decodeURIComponent(username) }),
    ...(password !== "" && { password: decodeURIComponent(password) }),
    ...(credentials !== undefined && { credentials }),
  };
}

/** Returns an address, or an argument that holds one, with `...` in its password's place. */
export function withoutPassword(text: string): string {
  return text.replace(
    /(:\/\/[^:@/]*:?)[^@]*@/,
    (_, before) => `${before}${before.endsWith(":") ? "..." : ""}@`,
  );
}
