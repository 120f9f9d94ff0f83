import { sharpDecoder } from "../../../src/codecs/decoders/sharp.ts";
import { readHeader } from "../../../src/codecs/headers/header.ts";

/** The time that a picture takes in slow lanes, ms. */
export const SLOW = 100;

/** The channel on which slow lanes tell of the pictures that they begin with. */
export const BEGUN = "vitrail: a slow lane begins with a picture";

/** A decoder that takes its time, put in sharp's place until it is disposed of. */
export interface SlowDecoder extends Disposable {
  /** The pixels of the pictures that it has begun with, in their order. */
  readonly begun: number[];
  /** Pictures that it decodes now, and the most that it ever did. */
  now: number;
  most: number;
}

/** Has this isolate decode grey pictures of their headers' sizes, in so many ms each, any number at once. */
export function decodeSlowly(ms: number, onBegin?: () => void): SlowDecoder {
  const { decode } = sharpDecoder;
  const slow: SlowDecoder = {
    begun: [],
    now: 0,
    most: 0,
    [Symbol.dispose]() {
      sharpDecoder.decode = decode;
    },
  };
  sharpDecoder.decode = async (bytes, _format, { channels }) => {
    const { width, height } = readHeader(bytes, "a picture of the test");
    slow.begun.push(width * height);
    slow.most = Math.max(slow.most, ++slow.now);
    onBegin?.();
    await new Promise((resolve) => setTimeout(resolve, ms));
    slow.now--;
    return { width, height, data: new Uint8Array(width * height * channels).fill(128) };
  };
  return slow;
}
