import type { SentError } from "../../runtime/sent_error.ts";
import type { DecodedPicture, DecodeOptions } from "../decode.ts";

/** A picture that a thread is to decode. */
export interface DecodeMessage {
  bytes: Uint8Array<ArrayBuffer>;
  options: DecodeOptions & { name: string };
}

/** A picture that was decoded, or why not. */
export type DecodeAnswer = { picture: DecodedPicture } | { error: SentError };
