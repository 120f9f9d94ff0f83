import { namedBytes } from "../../codecs/picture.ts";
import { VitrailError } from "../../errors.ts";
import { sha256OfBytes } from "../../formats/sha256.ts";
import type { Mixture } from "./mixture.ts";
import type { PictureFile } from "./picture_files.ts";

/** A function that gives the engine a picture of a set. */
export type PictureSource = (picture: PictureFile) => string | Promise<Uint8Array>;

/**
 * Returns what gives a mixture's pictures: paths, or where a data set's file holds them, their bytes. Those
 * are an `io` error where they are not what was planned.
 */
export function pictureSource(mixture: Pick<Mixture, "picture">): PictureSource {
  return ({ path, name, stored }) => {
    if (stored === undefined) return path;
    return mixture.picture(stored.position, stored.at).then((bytes) => {
      if (sha256OfBytes(bytes) === stored.sha256) return namedBytes(bytes, name);
      throw new VitrailError("io", `the picture ${name} has changed since the set was planned`);
    });
  };
}
