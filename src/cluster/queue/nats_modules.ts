/**
 * NATS's clients. They are loaded where a queue is asked for: other commands start without them.
 *
 * @module
 */

/** Loads the client that connects. */
export async function natsTransport(): Promise<typeof import("npm:@nats-io/transport-node@3.4.0")> {
  return exportsOf(await import("npm:@nats-io/transport-node@3.4.0"));
}

/** Loads the client of streams. */
export async function natsJetStream(): Promise<typeof import("npm:@nats-io/jetstream@3.4.0")> {
  return exportsOf(await import("npm:@nats-io/jetstream@3.4.0"));
}

/** Loads the client of object stores. */
export async function natsObjects(): Promise<typeof import("npm:@nats-io/obj@3.4.0")> {
  return exportsOf(await import("npm:@nats-io/obj@3.4.0"));
}

/** Returns what a CommonJS module exports: a bundle has it as the module's default alone. */
function exportsOf<T extends object>(module: T): T {
  return "default" in module ? module.default as T : module;
}
