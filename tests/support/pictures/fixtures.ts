/** The files of tests/fixtures/codecs/ and what Pillow reads from them; see tests/fixtures/make_codecs.py. */

import { assertEquals } from "@std/assert";

/** One row of codecs.json. */
export interface Fixture {
  file: string;
  format: string;
  width: number;
  height: number;
  orientation: number;
  /** Pillow's mode. */
  mode: string;
  /** SHA-256 of `convert("RGB").tobytes()`. */
  rgb: string;
  /** SHA-256 of the RGB bytes composited over white, where the file has alpha. */
  white?: string;
}

const folder = new URL("../../fixtures/codecs/", import.meta.url);
const index = await Deno.readTextFile(new URL("../../fixtures/codecs.json", import.meta.url));

/** Every fixture. */
export const FIXTURES: Fixture[] = JSON.parse(index).files;

/** The location of a fixture. */
export function fixtureUrl(file: string): URL {
  return new URL(file, folder);
}

/** The bytes of a fixture. */
export function fixtureBytes(file: string): Promise<Uint8Array> {
  return Deno.readFile(fixtureUrl(file));
}

/** Fails unless the RGB of RGBA bytes has this SHA-256. */
export async function assertRgb(rgba: Uint8Array, sha256: string, what: string): Promise<void> {
  const rgb = rgba.filter((_, at) => at % 4 !== 3);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", rgb));
  assertEquals(Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""), sha256, what);
}
