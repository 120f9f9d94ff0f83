import { requirePixels } from "../../codecs/decode.ts";
import { appliedOrientation } from "../../codecs/headers/orientation.ts";
import { probePicture } from "../../codecs/load.ts";
import { mapLimited } from "../../engine/run/map_limited.ts";
import { VitrailError } from "../../errors.ts";
import type { Size } from "../../plan/geometry.ts";
import { uprightSize } from "../../plan/stored_picture.ts";
import type { PictureRoot } from "./picture_root.ts";

/** A picture of a data set, before it is decoded. */
export interface PictureFile {
  /** As the data set names it. */
  readonly name: string;
  /** Where it lies, links followed. */
  readonly path: string;
  /** The upright picture, pixels. */
  readonly size: Size;
  /** The file's length. */
  readonly bytes: number;
  /** When it was last changed, ms since 1970. */
  readonly changed: number;
}

/** How pictures' headers are read. */
export interface HeaderOptions {
  readonly orient: "ignore" | "exif";
  /** Pixels that a header may announce. */
  readonly maxPixels: number;
}

const PROBES_AT_ONCE = 16;

/** The pictures of a data set: each header is read once, and its size, or why there is none, is kept. */
export class PictureFiles {
  readonly #found = new Map<string, PictureFile | VitrailError>();

  /** Pictures under `root`. */
  constructor(readonly root: PictureRoot, readonly options: HeaderOptions) {}

  /** Reads the headers of those that are not known yet. */
  async look(names: readonly string[]): Promise<void> {
    const unknown = [...new Set(names)].filter((name) => !this.#found.has(name));
    await mapLimited(unknown, PROBES_AT_ONCE, async (name) => {
      const found = await this.#probe(name).catch((error) => {
        if (error instanceof VitrailError) return error;
        throw error;
      });
      this.#found.set(name, found);
    });
  }

  /**
   * A picture that was looked at.
   * @throws {VitrailError} `dataset`, `io`, `decode` or `limit`: why it cannot be taken.
   */
  get(name: string): PictureFile {
    const found = this.#found.get(name)!;
    if (found instanceof VitrailError) throw found;
    return found;
  }

  async #probe(name: string): Promise<PictureFile> {
    const path = await this.root.resolve(name);
    const probe = await probePicture(path, 0);
    const { orient, maxPixels } = this.options;
    requirePixels(probe, maxPixels, path);
    const size = uprightSize(probe, appliedOrientation(probe, orient));
    const { size: bytes, ctime, mtime } = await Deno.stat(path);
    // A copy may keep the time of its original; the time of the entry tells, by whole seconds in Deno.
    const changed = Math.max(ctime?.getTime() ?? 0, mtime?.getTime() ?? 0);
    return { name, path, size, bytes, changed };
  }
}
