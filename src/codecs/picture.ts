import type { RawPixels } from "./pixels.ts";

/** What Vitrail takes as a picture: a path, a `file:` URL, encoded bytes, a Blob, or raw pixels. */
export type Picture = string | URL | Uint8Array | ArrayBuffer | Blob | RawPixels;

/** What messages call a picture: its file's name as given, or its place in the list, counted from 1. */
export function pictureName(picture: Picture, index: number): string {
  if (typeof picture === "string") return picture;
  if (picture instanceof URL) return picture.href;
  if (picture instanceof File && picture.name !== "") return picture.name;
  return `picture ${index + 1}`;
}
