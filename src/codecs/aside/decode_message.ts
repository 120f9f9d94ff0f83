import type { SentError } from "../../runtime/sent_error.ts";
import type { DecodedPicture, DecodeOptions } from "../decode.ts";
import type { Format } from "../headers/format.ts";

/** A picture that a thread is to decode, or one of a format whose damage it is to look for. */
export type DecodeMessage =
  & { bytes: Uint8Array<ArrayBuffer> }
  & ({ options: DecodeOptions & { name: string } } | { format: Format });

/** A picture that was decoded, its damage, if there is any, or why neither is there. */
export type DecodeAnswer = { picture: DecodedPicture } | { damage: string | undefined } | {
  error: SentError;
};
