/**
 * The module of a thread that decodes, one picture after another, what comes through its port.
 *
 * @module
 */

import { runtime } from "../../runtime/here.ts";
import { sentError } from "../../runtime/sent_error.ts";
import { damageOf } from "../damage/damage.ts";
import { decode } from "../decode.ts";
import type { DecodeAnswer, DecodeMessage } from "./decode_message.ts";

/** Decodes what comes through a port, or looks for its damage. */
function serve(port: MessagePort): void {
  const answer = (message: DecodeAnswer, memory: ArrayBuffer[] = []) => port.postMessage(message, memory);
  port.onmessage = async ({ data: message }: MessageEvent<DecodeMessage>) => {
    const { bytes } = message;
    try {
      if ("format" in message) return answer({ damage: damageOf(bytes, message.format) });
      const picture = await decode(bytes, message.options), { data } = picture;
      // The pixels leave with all the memory that they lie in.
      const whole = data.byteLength === data.buffer.byteLength ? data : data.slice();
      answer({ picture: { ...picture, data: whole } }, [whole.buffer as ArrayBuffer]);
    } catch (error) {
      answer({ error: sentError(error) });
    }
  };
}

const port = await runtime.threadData();
if (port !== undefined) serve(port as MessagePort);
