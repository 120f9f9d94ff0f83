import { assertEquals, assertThrows } from "@std/assert";
import { bytesOfBase64 } from "../../src/given/base64.ts";

/** Texts of base64 and their bytes; undefined for what is none. */
const TEXTS: [text: string, bytes: number[] | undefined][] = [
  ["", []],
  ["/+8=", [0xff, 0xef]],
  ["/+8", [0xff, 0xef]],
  ["YR==", [0x61]],
  [" Y\tW J\nj\r", [0x61, 0x62, 0x63]],
  ["YW=", undefined],
  ["Y", undefined],
  ["=", undefined],
  ["YQ==Yg==", undefined],
  ["-_8=", undefined],
];

function requireTexts(): void {
  for (const [text, bytes] of TEXTS) {
    if (bytes === undefined) assertThrows(() => bytesOfBase64(text), Error, undefined, text);
    else assertEquals([...bytesOfBase64(text)], bytes, text);
  }
}

Deno.test("bytesOfBase64 reads the same with fromBase64 and without it, as in Node 24", () => {
  requireTexts();
  const own = Object.getOwnPropertyDescriptor(Uint8Array, "fromBase64")!;
  try {
    Reflect.deleteProperty(Uint8Array, "fromBase64");
    requireTexts();
  } finally {
    Object.defineProperty(Uint8Array, "fromBase64", own);
  }
});
