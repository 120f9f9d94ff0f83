import { VitrailError } from "../../errors.ts";
import { runtime } from "../../runtime/here.ts";
import { errorOf } from "../../runtime/sent_error.ts";
import type { Thread } from "../../runtime/runtime.ts";
import type { DecodedPicture } from "../decode.ts";
import type { DecodeAnswer, DecodeMessage } from "./decode_message.ts";

/** The module that decodes. */
export const DECODE_MODULE = new URL("./decode_worker.ts", import.meta.url);

/**
 * A thread that decodes one picture at a time. It keeps the process running while it does, and not otherwise.
 */
export class DecodeThread {
  readonly #port: MessagePort & { ref?(): void; unref?(): void };
  readonly #thread: Thread;
  #asked: PromiseWithResolvers<DecodedPicture> | undefined;
  /** The reason why it decodes no more; undefined while it does. */
  gone: string | undefined;

  /** Starts the thread. */
  constructor() {
    const { port1, port2: port } = new MessageChannel();
    this.#port = port1;
    this.#port.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => {
      if ("picture" in data) this.#asked?.resolve(data.picture);
      else this.#asked?.reject(errorOf(data.error));
    };
    this.#port.unref?.();
    this.#thread = runtime.startThread({
      module: DECODE_MODULE,
      data: port,
      ports: [port],
      onEnd: (why) => this.#end(why),
    });
  }

  /**
   * Decodes a picture, whose bytes stay the caller's.
   * @throws {VitrailError} what `decode` throws; `device` where the thread has ended.
   */
  decode(bytes: Uint8Array, options: DecodeMessage["options"]): Promise<DecodedPicture> {
    this.#asked = Promise.withResolvers();
    if (this.gone !== undefined) this.#end(this.gone);
    this.#port.ref?.();
    const own = bytes.slice();
    this.#port.postMessage({ bytes: own, options } satisfies DecodeMessage, [own.buffer]);
    return this.#asked.promise.finally(() => this.#port.unref?.());
  }

  /** Ends the thread, and rejects the picture that it decodes with a reason. */
  abort(reason: unknown): void {
    this.gone = "its picture was aborted";
    this.#asked?.reject(reason);
    void this.close();
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#port.close();
    await this.#thread.end();
  }

  #end(why: string): void {
    this.gone = why;
    this.#port.close();
    this.#asked?.reject(new VitrailError("device", `the thread that decodes is gone: ${why}`));
  }
}
