import { VitrailError } from "../../errors.ts";
import { runtime } from "../../runtime/here.ts";
import { errorOf } from "../../runtime/sent_error.ts";
import type { Thread } from "../../runtime/runtime.ts";
import type { DecodedPicture, DecodeOptions } from "../decode.ts";
import type { Format } from "../headers/format.ts";
import type { DecodeAnswer, DecodeMessage } from "./decode_message.ts";

/** The module that decodes. */
export const DECODE_MODULE = new URL("./decode_worker.ts", import.meta.url);

/** An answer that is no error. */
type GoodAnswer = Exclude<DecodeAnswer, { error: unknown }>;

/**
 * A thread that decodes one picture at a time, or looks for its damage. It keeps the process running while it
 * does, and not otherwise.
 */
export class DecodeThread {
  readonly #port: MessagePort & { ref?(): void; unref?(): void };
  readonly #thread: Thread;
  #asked: PromiseWithResolvers<GoodAnswer> | undefined;
  /** The reason why it decodes no more; undefined while it does. */
  gone: string | undefined;

  /** Starts the thread. */
  constructor() {
    const { port1, port2: port } = new MessageChannel();
    this.#port = port1;
    this.#port.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => {
      if ("error" in data) this.#asked?.reject(errorOf(data.error));
      else this.#asked?.resolve(data);
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
  async decode(bytes: Uint8Array, options: DecodeOptions & { name: string }): Promise<DecodedPicture> {
    const answer = await this.#ask({ bytes: bytes.slice(), options });
    return (answer as Extract<DecodeAnswer, { picture: unknown }>).picture;
  }

  /** Looks for damage, as `damageOf` does. */
  async damageOf(bytes: Uint8Array, format: Format): Promise<string | undefined> {
    const answer = await this.#ask({ bytes: bytes.slice(), format });
    return (answer as Extract<DecodeAnswer, { damage: unknown }>).damage;
  }

  #ask(message: DecodeMessage): Promise<GoodAnswer> {
    this.#asked = Promise.withResolvers();
    if (this.gone !== undefined) this.#end(this.gone);
    this.#port.ref?.();
    this.#port.postMessage(message, [message.bytes.buffer]);
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
