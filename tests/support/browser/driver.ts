import { startChromium } from "./chromium.ts";

/**
 * The longest that anything may take, ms: on a machine that has much else to do, a check takes a minute. None
 * is left once one ran out of time: what follows would, too.
 */
let patience = 180_000;

/** The reason why nothing more is answered. */
const GONE = "Chromium has ended, or its page has";

/** A file that is dropped on a page. */
export interface DroppedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An event of Chromium's. */
interface BrowserEvent {
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** Drives a page as a person does, by Chromium's DevTools protocol. */
export class Driver implements AsyncDisposable {
  /** All that the page and its Workers have asked for, by address. */
  readonly requested: string[] = [];
  /** Errors, and what the page's policy forbade. */
  readonly complaints: string[] = [];
  readonly #answers = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  #last = 0;

  private constructor(readonly socket: WebSocket, private readonly chromium: AsyncDisposable) {
    socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(data)));
    socket.addEventListener("close", () => this.#end());
  }

  /** Opens a page in a Chromium of its own. */
  static async open(program: string, url: string): Promise<Driver> {
    const flags = ["--remote-debugging-port=0", "--remote-allow-origins=*", "--window-size=1440,1000"];
    const chromium = await startChromium(program, "about:blank", flags);
    try {
      const socket = new WebSocket(await socketOf(chromium.profile));
      await new Promise((resolve, reject) => {
        socket.addEventListener("open", resolve, { once: true });
        socket.addEventListener("error", () => reject(new Error(GONE)), { once: true });
      });
      const driver = new Driver(socket, chromium);
      for (const domain of ["Page", "Network", "Log", "Runtime"]) await driver.send(`${domain}.enable`);
      // The page is to have the focus, whatever windows of its own Chromium may open: of a download, say.
      await driver.send("Emulation.setFocusEmulationEnabled", { enabled: true });
      const flatten = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true };
      await driver.send("Target.setAutoAttach", flatten);
      await driver.send("Page.navigate", { url });
      await driver.until("document.readyState === 'complete'");
      return driver;
    } catch (error) {
      await chromium[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Gives a command, and resolves to its answer. */
  async send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    if (this.socket.readyState !== WebSocket.OPEN) throw new Error(`${method}: ${GONE}`);
    const id = ++this.#last, answer = Promise.withResolvers<Record<string, unknown>>();
    this.#answers.set(id, answer);
    this.socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    return await answer.promise;
  }

  /** Returns the value of an expression in the page, once it is settled. */
  async value<T>(expression: string): Promise<T> {
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", options) as {
      result: { value: T };
      exceptionDetails?: { exception?: { description?: string }; text: string };
    };
    if (exceptionDetails === undefined) return result.value;
    throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
  }

  /** Waits until an expression in the page is true. */
  async until(expression: string, longest = patience): Promise<void> {
    for (const start = performance.now(); performance.now() - start <= longest;) {
      if (await this.value(`Boolean(${expression})`)) return;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    if (longest === patience) patience = 0;
    const seen = await this.value("document.querySelector('main')?.innerText.slice(0, 2000)");
    throw new Error(
      `${expression} did not become true; the page says:\n${seen}\n${this.complaints.join("\n")}`,
    );
  }

  /** Presses a key. */
  async press(key: string): Promise<void> {
    const [code, text] = KEYS[key] ?? [key.toUpperCase().charCodeAt(0), key];
    const own = { key, code: key, windowsVirtualKeyCode: code };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...own, ...(text && { text }) });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...own });
  }

  /** Drops files on the page, all or each alone, pastes them, or chooses them by this selector's input. */
  async give(
    files: readonly DroppedFile[],
    as: "drop" | "drops" | "paste" | `#${string}` = "drop",
  ): Promise<void> {
    const given = files.map(({ name, bytes }) => ({ name, base64: bytes.toBase64() }));
    const times = as === "drops" ? given.map((file) => [file]) : [given];
    await this.value(`for (const files of ${JSON.stringify(times)}) {
      const moved = new DataTransfer(), options = { bubbles: true, cancelable: true };
      for (const { name, base64 } of files) {
        moved.items.add(new File([Uint8Array.fromBase64(base64)], name));
      }
      const input = ${as.startsWith("#") ? `document.querySelector("${as}")` : "undefined"};
      if (input) input.files = moved.files;
      const event = input
        ? new Event("change", options)
        : ${as === "paste"}
        ? new ClipboardEvent("paste", { clipboardData: moved, ...options })
        : new DragEvent("drop", { dataTransfer: moved, ...options });
      (input ?? document.body).dispatchEvent(event), undefined;
    }`);
  }

  /** Ends Chromium. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await this.chromium[Symbol.asyncDispose]();
  }

  #take(
    message: BrowserEvent & { id?: number; result?: Record<string, unknown>; error?: { message: string } },
  ) {
    const { id, result, error, method, params } = message;
    if (id !== undefined) {
      const answer = this.#answers.get(id);
      this.#answers.delete(id);
      if (error) answer?.reject(new Error(error.message));
      else answer?.resolve(result!);
    } else if (method === "Network.requestWillBeSent") {
      this.requested.push((params.request as { url: string }).url);
    } else if (method === "Log.entryAdded") {
      const { level, text } = params.entry as { level: string; text: string };
      if (level === "error") this.complaints.push(text);
    } else if (method === "Runtime.exceptionThrown") {
      this.complaints.push(JSON.stringify(params.exceptionDetails));
    } else if (method === "Target.attachedToTarget") {
      void this.#watchWorker(params.sessionId as string);
    }
  }

  /** Hears what a Worker asks for and complains of. One that has ended by then does neither. */
  async #watchWorker(sessionId: string): Promise<void> {
    const domains = ["Network", "Log", "Runtime"];
    await Promise.allSettled(domains.map((domain) => this.send(`${domain}.enable`, {}, sessionId)));
  }

  /** Ends all that waits for an answer, which will not come. */
  #end(): void {
    for (const { reject } of this.#answers.values()) reject(new Error(GONE));
    this.#answers.clear();
  }
}

/** Keys that are no letters: their codes, and the text that they write. */
const KEYS: Record<string, [code: number, text?: string]> = {
  Tab: [9],
  Enter: [13, "\r"],
  " ": [32, " "],
  ArrowDown: [40],
  ArrowUp: [38],
};

/**
 * Returns the address of a page's socket, once Chromium has one: it writes the port that it listens at into
 * its profile, and opens its first page some time before or after.
 */
async function socketOf(profile: string): Promise<string> {
  for (const start = performance.now(); performance.now() - start <= patience;) {
    const text = await Deno.readTextFile(`${profile}/DevToolsActivePort`).catch(() => "");
    const [port, rest] = text.split("\n");
    if (rest !== undefined) {
      const targets: { type: string; webSocketDebuggerUrl: string }[] =
        await (await fetch(`http://127.0.0.1:${port}/json`)).json();
      const page = targets.find(({ type }) => type === "page");
      if (page) return page.webSocketDebuggerUrl;
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error("Chromium has no page for its driver");
}
