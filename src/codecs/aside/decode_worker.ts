/**
 * The module of a thread that decodes, one picture after another, what comes through its port.
 *
 * @module
 */

import { runtime } from "../../runtime/here.ts";
import { sentError } from "../../runtime/sent_error.ts";
import { decode } from "../decode.ts";
import type { DecodeAnswer, DecodeMessage } from "./decode_message.ts";

/** Decodes what comes through a port. */
function serve(port: MessagePort): void {
  const answer = (message: DecodeAnswer, memory: ArrayBuffer[] = []) => port.postMessage(message, memory);
  port.onmessage = async ({ data: { bytes, options } }: MessageEvent<DecodeMessage>) => {
    try {
      const picture = await decode(bytes, options), { data } = picture;
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
