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

/**
 * Errors of a server that is gone, starting, or silent: what was asked of it is asked again. JetStream's own
 * is of a server, or of this process, that stood still while a message was waited for.
 */
const PASSING = [
  ...["TimeoutError", "RequestError", "NoRespondersError", "ConnectionError", "DrainingConnectionError"],
  ...["JetStreamNotEnabled", "JetStreamStatusError", "JetStreamError"],
];

/** JetStream's errors where there is no such consumer or stream. */
const GONE: readonly number[] = [10014, 10059];

/** Bytes that the client puts before a message, at the most. */
const HEADERS = 256;

/** Codes of a socket's errors when the other side has closed it. */
const RESET = ["ECONNRESET", "ECONNABORTED", "EPIPE"];

/** The time after a connection is closed in which such errors still come, ms. */
const LATE = 50;

/** A connection to a NATS server with JetStream, which outlives the server's restarts. */
export class QueueConnection {
  #since = performance.now();
  /** The time since which the server is gone, ms; undefined while it is there. */
  #gone: number | undefined;
  /** The error by which the connection ended for good. */
  #end: Error | undefined;
  /** The last thing that the server did not allow, and when. */
  #refusal: { readonly error: Error; readonly at: number } | undefined;

  private constructor(
    readonly address: QueueAddress,
    readonly nats: Connection,
    readonly jetStream: JetStream,
    readonly manager: JetStreamManager,
    readonly opened: AsyncDisposableStack,
    readonly signal: AbortSignal | undefined,
    say: (line: string) => void,
  ) {
    this.#watch(say);
  }

  /**
   * Connects to a server.
   * @param say is called with a line where the server is gone, and where it is back
   * @param signal once it is aborted, nothing is asked again of a server that is gone
   * @throws {VitrailError} `io` where it cannot be reached, refuses the password, or has no JetStream.
   */
  static async open(
    address: QueueAddress,
    say: (line: string) => void,
    signal?: AbortSignal,
  ): Promise<QueueConnection> {
    const { server, tls, user, password, credentials } = address;
    const { connect, credsAuthenticator } = await natsTransport();
    const { jetstreamManager } = await natsJetStream();
    const creds = credentials === undefined ? undefined : await Deno.readFile(credentials).catch((error) => {
      throw ioError("read", credentials, error);
    });
    let nats: Connection | undefined;
    await using opened = new AsyncDisposableStack();
    opened.use(passOverLateErrors());
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
      return new QueueConnection(address, nats, manager.jetstream(), manager, opened.move(), signal, say);
    } catch (error) {
      await nats?.close();
      throw unreachable(server, error);
    }
  }

  /** The time since which the connection stands without a break, ms, as `performance.now()` has it. */
  get since(): number {
    return this.#since;
  }

  /** Throws where the server was gone for too long, or refuses this user by now. */
  #requireOpen(): void {
    if (!this.nats.isClosed()) return;
    const over = this.#gone === undefined || performance.now() - this.#gone >= LOOK_FOR;
    if (this.#end !== undefined && !over) throw unreachable(this.address.server, this.#end);
    throw new VitrailError(
      "io",
      `the queue at ${this.address.server} did not come back within ${LOOK_FOR / 60_000} minutes`,
    );
  }

  /**
   * Asks something of the server, and asks again while it is gone.
   * @throws {VitrailError} `io` where it does not come back, or refuses. The signal's reason, where it
   * is gone, and the signal aborted: even then each thing is asked once.
   */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    for (const start = performance.now();;) {
      this.#requireOpen();
      const asked = performance.now();
      try {
        return await question();
      } catch (error) {
        if (error instanceof VitrailError) throw error;
        // A subject that is not allowed has no answer but a word on the connection, and then times out.
        const refusal = (this.#refusal?.at ?? 0) >= asked ? this.#refusal!.error : undefined;
        const over = performance.now() - start > LOOK_FOR;
        if (!this.nats.isClosed() && (over || refusal !== undefined || !isPassing(error))) {
          throw new VitrailError(
            "io",
            `the queue at ${this.address.server}: ${messageOf(refusal ?? error)}`,
            {
              cause: error,
            },
          );
        }
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      this.signal?.throwIfAborted();
    }
  }

  /** Asks as `ask` does; undefined where the stream, or its consumer, that it is about is gone. */
  async find<T>(question: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.ask(question);
    } catch (error) {
      if (!isGone((error as Error).cause)) throw error;
    }
  }

  /** Refuses a message of so many bytes that the server takes none such: `limit`. */
  requireFit({ length }: Uint8Array, what: string, way: string): void {
    const most = (this.nats.info?.max_payload ?? Infinity) - HEADERS;
    if (length <= most) return;
    throw new VitrailError(
      "limit",
      `the message of ${what} has ${length} bytes, and ${this.address.server} takes ${most}; ${way}`,
    );
  }

  async #watch(say: (line: string) => void): Promise<void> {
    const { server } = this.address;
    this.nats.closed().then((error) => this.#end = error ?? undefined);
    for await (const status of this.nats.status()) {
      const { type } = status;
      if (type === "error" && status.error.name === "PermissionViolationError") {
        this.#refusal = { error: status.error, at: performance.now() };
      } else if (type === "disconnect" && !this.nats.isClosed()) {
        this.#gone = performance.now();
        say(`the queue at ${server} is gone; it is looked for for ${LOOK_FOR / 60_000} minutes`);
      } else if (type === "reconnect") {
        this.#gone = undefined;
        this.#since = performance.now();
        say(`the queue at ${server} is back`);
      }
    }
  }

  /** Closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.nats.close();
    await this.opened.disposeAsync();
  }
}

/**
 * Passes over errors of sockets that NATS's client has let go of, until a little after it is disposed of.
 * Deno tells of a connection that was reset also when nobody listens any more, and would end the process by
 * it; a server that refuses a user resets the connection behind its answer.
 */
function passOverLateErrors(): AsyncDisposable {
  const passOver = (event: ErrorEvent) => {
    if (RESET.includes((event.error as { code?: string } | null)?.code ?? "")) event.preventDefault();
  };
  globalThis.addEventListener?.("error", passOver); // Node has no such listeners, nor such errors
  return {
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => setTimeout(resolve, LATE));
      globalThis.removeEventListener?.("error", passOver);
    },
  };
}

/** Returns the code of an error of JetStream's. */
export function codeOf(error: unknown): number | undefined {
  return (error as { code?: number } | undefined)?.code;
}

/** Returns whether an error is of a stream or a consumer that there is not. */
export function isGone(error: unknown): boolean {
  return GONE.includes(codeOf(error) ?? 0);
}

/** Returns whether an error is of a server that is gone, is starting, or was silent for a time. */
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
