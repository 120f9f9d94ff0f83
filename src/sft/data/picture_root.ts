import { isAbsolute, join, relative, sep } from "node:path";
import { VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";

/** The most pictures whose like is looked for in vain: where all of a set are missing, it takes long. */
const LOOKS = 256;

/** The folder that a data set's pictures lie in. */
export class PictureRoot {
  readonly #real: string;
  readonly #allowOutside: boolean;
  #looks = LOOKS;

  private constructor(
    /** The folder, as given. */
    readonly folder: string,
    real: string,
    allowOutside: boolean,
  ) {
    this.#real = real;
    this.#allowOutside = allowOutside;
  }

  /**
   * Opens the folder at `folder`.
   *
   * @param allowOutside whether names may lead out of the folder
   * @throws {VitrailError} `io` where there is no such folder.
   */
  static async open(folder: string, allowOutside: boolean): Promise<PictureRoot> {
    const action = "take pictures from the folder";
    const real = await Deno.realPath(folder).catch((error) => {
      throw ioError(action, folder, error);
    });
    if (!(await Deno.stat(real)).isDirectory) {
      throw ioError(action, folder, { code: "ENOTDIR" }, { missing: "it is not a folder" });
    }
    return new PictureRoot(folder, real, allowOutside);
  }

  /**
   * Returns the path of a picture that a data set names. Relative names are taken from the folder, and links
   * are followed.
   * @throws {VitrailError} `dataset` for a path that lies outside of the folder, `io` for one that is not
   * there.
   */
  async resolve(name: string): Promise<string> {
    const path = isAbsolute(name) ? name : join(this.folder, name);
    if (name.includes("\0")) {
      throw new VitrailError("io", `cannot read the picture ${path}: no file's name holds the character NUL`);
    }
    const real = await Deno.realPath(path).catch(async (error) => {
      if (isAbsolute(name)) throw ioError("read the picture", path, error);
      this.#requireInside(name, join(this.#real, name));
      const missing = `it does not exist; paths are taken from --image-root ${this.folder}` +
        await this.#likeText(name);
      throw ioError("read the picture", path, error, { missing });
    });
    this.#requireInside(name, real);
    return real;
  }

  /** Returns a hint at a file whose name is nearly the given one; nothing where there is none. */
  async #likeText(name: string): Promise<string> {
    if (this.#looks === 0) return "";
    this.#looks--; // before anything is awaited: several pictures are looked for at one time
    for (const like of namesLike(name)) {
      const path = join(this.#real, like);
      if (relative(this.#real, path).startsWith("..")) continue;
      if (!await Deno.stat(path).then(({ isFile }) => isFile, () => false)) continue;
      this.#looks++;
      const form = ["NFC", "NFD"].find((form) => name.normalize(form) === like);
      return form === undefined
        ? `, where ${JSON.stringify(like)} is`
        : `, where the same letters are in Unicode's form ${form}`;
    }
    return "";
  }

  #requireInside(name: string, path: string): void {
    const inside = relative(this.#real, path);
    if (this.#allowOutside || !(isAbsolute(inside) || inside === ".." || inside.startsWith(`..${sep}`))) {
      return;
    }
    throw new VitrailError(
      "dataset",
      `the picture ${name} leads to ${path}, outside of ${this.#real}; ` +
        `move it there, name another --image-root, or give --allow-outside`,
    );
  }
}

/** Returns names that may be meant by another one: as other systems write it, or without its folder. */
function namesLike(name: string): Set<string> {
  const slashed = name.replaceAll("\\", "/"), ending = /\.\w+$/;
  const like = new Set([
    name.normalize("NFC"),
    name.normalize("NFD"),
    slashed,
    slashed.slice(slashed.indexOf("/") + 1),
    unescaped(name),
    name.trim(),
    name.replace(ending, (end) => end.toLowerCase()),
    name.replace(ending, (end) => end.toUpperCase()),
    name.toLowerCase(),
  ]);
  like.delete(name);
  return like;
}

/** Returns a name whose characters are escaped as in addresses without that; others as they are. */
function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
