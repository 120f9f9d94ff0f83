import { requirePixels } from "../../codecs/pixel_limit.ts";
import { appliedOrientation } from "../../codecs/headers/applied_orientation.ts";
import { readHeader } from "../../codecs/headers/header.ts";
import { type ProbedPicture, probePicture } from "../../codecs/load.ts";
import { mapLimited } from "../../engine/run/map_limited.ts";
import { VitrailError } from "../../errors.ts";
import type { Size } from "../../plan/geometry.ts";
import { uprightSize } from "../../plan/stored_picture.ts";
import { type Downloads, isAddress } from "./downloads.ts";
import type { PictureRoot } from "./picture_root.ts";
import { sha256OfBytes } from "../../formats/sha256.ts";

/** A picture of a data set, before it is decoded. */
export interface PictureFile {
  /** As the data set names it. */
  readonly name: string;
  /** The file's path, links followed; of a picture in a data set's file, a name by its checksum. */
  readonly path: string;
  /** The size of the upright picture, in pixels. */
  readonly size: Size;
  /** The file's length, in bytes. */
  readonly bytes: number;
  /** The time of the file's last change, in ms since 1970; 0 in a data set's file, which has a checksum. */
  readonly changed: number;
  /** The file's number and times, which tell it from one that took its name; absent in a data set's file. */
  readonly mark?: string;
  /** The picture in a data set's file; absent for a file of its own. */
  readonly stored?: StoredPicture;
}

/** A picture in a data set's file. It is not kept in memory. */
export interface StoredPicture {
  /** The sha256 of its bytes, in hex. */
  readonly sha256: string;
  /** The place of its sample in the mixture, from 0. */
  readonly position: number;
  /** Its place among the sample's pictures, from 0. */
  readonly at: number;
}

/** Options for reading pictures' headers. */
export interface HeaderOptions {
  /** `exif` takes the size of the picture as its orientation turns it, `ignore` as it is stored. */
  readonly orient: "ignore" | "exif";
  /** The most pixels that a header may announce. */
  readonly maxPixels: number;
  /** The most bytes that a picture's file may have. */
  readonly maxBytes?: number;
  /** Headers that are kept: the last N to 2 N; by default N is 16 384. */
  readonly kept?: number;
  /** The place for pictures on the network; absent where none are named. */
  readonly downloads?: Downloads;
}

/** The most headers that are read at one time. */
const PROBES_AT_ONCE = 16;

/** The pictures that are kept where nobody says how many. */
const KEPT = 2 ** 14;

/**
 * The pictures of a data set. Each picture's header is read once, or again where many others were looked for
 * meanwhile; the size, or the error in its place, is kept.
 */
export class PictureFiles {
  #found = new Map<string, PictureFile | VitrailError>();
  /** Those that were kept before `#found` was full. */
  #before = new Map<string, PictureFile | VitrailError>();

  /** Creates an empty list of pictures under `root`. */
  constructor(readonly root: PictureRoot, readonly options: HeaderOptions) {}

  /** Reads the headers of named pictures that are not known yet; throws the reason of an aborted signal. */
  async look(names: readonly string[], signal?: AbortSignal): Promise<void> {
    if (this.#found.size >= (this.options.kept ?? KEPT)) {
      this.#before = this.#found;
      this.#found = new Map();
    }
    const unknown = [...new Set(names)].filter((name) => {
      const known = this.#found.get(name) ?? this.#before.get(name);
      if (known !== undefined) this.#found.set(name, known);
      return known === undefined;
    });
    await mapLimited(unknown, PROBES_AT_ONCE, async (name) => {
      const found = await this.#probe(name, signal).catch((error) => {
        signal?.throwIfAborted(); // which says nothing of the picture
        if (error instanceof VitrailError) return error;
        throw error;
      });
      this.#found.set(name, found);
    });
  }

  /**
   * Returns a picture that `look` was called with before.
   * @throws {VitrailError} `dataset`, `io`, `decode` or `limit`, the picture's own error, where it cannot be
   * used.
   */
  get(name: string): PictureFile {
    const found = (this.#found.get(name) ?? this.#before.get(name))!;
    if (found instanceof VitrailError) throw found;
    return found;
  }

  /**
   * Reads the header of a picture whose bytes a data set's file holds.
   * @throws {VitrailError} `decode` or `limit`, where it cannot be used.
   */
  stored(
    name: string,
    bytes: Uint8Array,
    place: Pick<StoredPicture, "position" | "at">,
  ): PictureFile {
    const size = this.#sizeOf({ ...readHeader(bytes, name), name }, name);
    const sha256 = sha256OfBytes(bytes);
    const path = `sha256:${sha256}`, stored = { sha256, ...place };
    return { name, path, size, bytes: bytes.length, changed: 0, stored };
  }

  #sizeOf(probe: ProbedPicture, name: string): Size {
    const { orient, maxPixels } = this.options;
    requirePixels(probe, maxPixels, name);
    return uprightSize(probe, appliedOrientation(probe, orient, name));
  }

  async #probe(name: string, signal?: AbortSignal): Promise<PictureFile> {
    const { downloads } = this.options;
    const path = downloads && isAddress(name)
      ? await downloads.file(name, signal)
      : await this.root.resolve(name);
    const probe = await probePicture(path, 0, this.options);
    const size = this.#sizeOf(probe, isAddress(name) ? name : path);
    const info = await Deno.stat(path), { size: bytes, ctime, mtime } = info;
    // A copy may keep its original's mtime; ctime is the copy's own, in whole seconds in Deno.
    const changed = Math.max(ctime?.getTime() ?? 0, mtime?.getTime() ?? 0);
    return { name, path, size, bytes, changed, mark: markOf(info) };
  }
}

/** Returns a file's number and times, which tell it from one that took its name. */
export function markOf({ ino, mtime, ctime }: Deno.FileInfo): string {
  return [ino, mtime?.getTime(), ctime?.getTime()].join(" ");
}
