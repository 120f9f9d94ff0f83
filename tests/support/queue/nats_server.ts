import { installPackages } from "../../../src/tasks/debian.ts";

/** The variable in which the task says where the server's program is. */
export const NATS_SERVER = "VITRAIL_NATS_SERVER";

/** The variable in which the task names a folder: each server's process number is a file's name there. */
export const NATS_PROCESSES = "VITRAIL_NATS_PROCESSES";

/** The paths of the server's program: Debian's, and others. */
const NAMES = ["/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server"];

/** The times that a server is asked for its port, and the ms between them. */
const LOOKS = 100, LOOK_EVERY = 50;

/**
 * Returns the program of a NATS server. Where there is none it is installed, as root on Debian; where that
 * cannot be, it is undefined.
 */
export async function ensureNatsServer(): Promise<string | undefined> {
  const found = findNatsServer();
  if (found !== undefined) return found;
  return await installPackages(["nats-server"], "No NATS server") ? findNatsServer() : undefined;
}

function findNatsServer(): string | undefined {
  return NAMES.find((name) => {
    try {
      return Deno.statSync(name).isFile;
    } catch {
      return false;
    }
  });
}

/** A NATS server with JetStream, on this machine alone, with a folder of its own for what it keeps. */
export class NatsServer implements AsyncDisposable {
  #child: Deno.ChildProcess | undefined;

  private constructor(readonly port: number, readonly folder: string, readonly more: readonly string[]) {}

  /**
   * Starts a server on a free port.
   * @param more other arguments of the program's, such as a user and a password
   */
  static async start(...more: string[]): Promise<NatsServer> {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }), { port } = listener.addr;
    listener.close();
    const server = new NatsServer(port, await Deno.makeTempDir({ prefix: "vitrail-nats-" }), more);
    await server.again();
    return server;
  }

  /** Its address. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts the server, which was ended, on what it has kept; `more` are further arguments. */
  async again(...more: string[]): Promise<void> {
    const args = ["-a", "127.0.0.1", "-p", `${this.port}`, "-js", "-sd", this.folder, ...this.more, ...more];
    const program = Deno.env.get(NATS_SERVER)!;
    this.#child = new Deno.Command(program, { args, stdout: "null", stderr: "null" }).spawn();
    const noted = Deno.env.get(NATS_PROCESSES);
    if (noted !== undefined) await Deno.writeTextFile(`${noted}/${this.#child.pid}`, "");
    for (let look = 0;; look++) {
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port: this.port })).close();
        return;
      } catch (error) {
        if (look === LOOKS) throw error;
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      }
    }
  }

  /** Has the server stand still for a time, ms. */
  async standStill(time: number): Promise<void> {
    this.#child!.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, time));
    this.#child!.kill("SIGCONT");
  }

  /** Ends the server; what it has kept stays. */
  async end(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    child.kill(signal);
    await child.status;
    const noted = Deno.env.get(NATS_PROCESSES);
    if (noted !== undefined) await Deno.remove(`${noted}/${child.pid}`);
  }

  /** Ends the server, and removes what it has kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    await Deno.remove(this.folder, { recursive: true });
  }
}
