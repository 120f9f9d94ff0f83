import { messageOf, VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";
import { natsJetStream, natsTransport } from "./nats_modules.ts";
import type { QueueAddress } from "./queue_address.ts";

type Connection = import("npm:@nats-io/transport-node@3.4.0").NatsConnection;
type JetStream = import("npm:@nats-io/jetstream@3.4.0").JetStreamClient;
type JetStreamManager = import("npm:@nats-io/jetstream@3.4.0").JetStreamManager;

/** The time for which a queue that is gone is looked for, ms, and that between two looks. */
const LOOK_FOR = 300_000, LOOK_EVERY = 500;

/** The time for which the first connection is tried, ms. */
const FIRST = 5000;

/** Errors of a server that is gone or starting: what was asked of it is asked again. */
const PASSING = [
  ...["TimeoutError", "RequestError", "NoRespondersError", "ConnectionError", "DrainingConnectionError"],
  ...["JetStreamNotEnabled", "JetStreamStatusError"],
];

/** Codes of a socket's errors when the other side has closed it. */
const RESET = ["ECONNRESET", "ECONNABORTED", "EPIPE"];

/** A connection to a NATS server with JetStream, which outlives the server's restarts. */
export class QueueConnection {
  #since = performance.now();

  private constructor(
    readonly address: QueueAddress,
    readonly nats: Connection,
    readonly jetStream: JetStream,
    readonly manager: JetStreamManager,
    say: (line: string) => void,
  ) {
    this.#watch(say);
  }

  /**
   * Connects to a server.
   * @param say is called with a line where the server is gone, and where it is back
   * @throws {VitrailError} `io` where it cannot be reached, refuses the password, or has no JetStream.
   */
  static async open(address: QueueAddress, say: (line: string) => void): Promise<QueueConnection> {
    const { server, tls, user, password, credentials } = address;
    const { connect, credsAuthenticator } = await natsTransport();
    const { jetstreamManager } = await natsJetStream();
    const creds = credentials === undefined ? undefined : await Deno.readFile(credentials).catch((error) => {
      throw ioError("read", credentials, error);
    });
    let nats: Connection | undefined;
    passOverLateErrors();
    try {
      nats = await connect({
        servers: [server],
        name: "vitrail",
        timeout: FIRST,
        ...(tls && { tls: {} }),
        ...(creds === undefined ? { user, pass: password } : { authenticator: credsAuthenticator(creds) }),
        reconnectTimeWait: LOOK_EVERY,
        maxReconnectAttempts: LOOK_FOR / LOOK_EVERY,
      });
      const manager = await jetstreamManager(nats, { timeout: FIRST });
      return new QueueConnection(address, nats, manager.jetstream(), manager, say);
    } catch (error) {
      await nats?.close();
      throw unreachable(server, error);
    }
  }

  /** The time since which the connection stands without a break, ms, as `performance.now()` has it. */
  get since(): number {
    return this.#since;
  }

  /** Throws where the server was gone for so long that it is no longer looked for. */
  requireOpen(): void {
    if (!this.nats.isClosed()) return;
    throw new VitrailError(
      "io",
      `the queue at ${this.address.server} did not come back within ${LOOK_FOR / 60_000} minutes`,
    );
  }

  /**
   * Asks something of the server, and asks again while it is gone.
   * @throws {VitrailError} `io` where it does not come back, or refuses. The signal's reason, where aborted.
   */
  async ask<T>(question: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (const start = performance.now();;) {
      signal?.throwIfAborted();
      this.requireOpen();
      try {
        return await question();
      } catch (error) {
        if (error instanceof VitrailError) throw error;
        const over = performance.now() - start > LOOK_FOR;
        if (!this.nats.isClosed() && (over || !isPassing(error))) {
          throw new VitrailError("io", `the queue at ${this.address.server}: ${messageOf(error)}`, {
            cause: error,
          });
        }
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  }

  async #watch(say: (line: string) => void): Promise<void> {
    const { server } = this.address;
    for await (const { type } of this.nats.status()) {
      if (type === "disconnect" && !this.nats.isClosed()) {
        say(`the queue at ${server} is gone; it is looked for for ${LOOK_FOR / 60_000} minutes`);
      } else if (type === "reconnect") {
        this.#since = performance.now();
        say(`the queue at ${server} is back`);
      }
    }
  }

  /** Closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.nats.close();
  }
}

let passedOver = false;

/**
 * Passes over errors of sockets that NATS's client has let go of, once in a process. Deno tells of a
 * connection that was reset also when nobody listens any more, and would end the process by it.
 */
function passOverLateErrors(): void {
  if (passedOver) return;
  passedOver = true;
  globalThis.addEventListener?.("error", (event) => { // Node has no such listeners, nor such errors
    if (RESET.includes((event.error as { code?: string } | null)?.code ?? "")) event.preventDefault();
  });
}

/** Returns whether an error is of a server that is gone, or is starting. */
function isPassing(error: unknown): boolean {
  const { name, status } = error as { name?: string; status?: number };
  return PASSING.includes(name ?? "") || status === 503;
}

/** Returns the error of a server that cannot be used, in plain words. */
function unreachable(server: string, error: unknown): VitrailError {
  const { name } = error as { name?: string }, text = messageOf(error);
  const reason = name === "AuthorizationError"
    ? "it refuses this user; give nats://USER:PASSWORD@HOST, or --creds FILE"
    : name === "JetStreamNotEnabled"
    ? "it has no JetStream; start nats-server with -js"
    : `${text}; is nats-server running there?`;
  return new VitrailError("io", `cannot use the queue at ${server}: ${reason}`, { cause: error });
}
