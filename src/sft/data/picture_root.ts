import { isAbsolute, join, relative, sep } from "node:path";
import { VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";

/** The folder that a data set's pictures lie in. */
export class PictureRoot {
  readonly #real: string;
  readonly #allowOutside: boolean;

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
    const real = await Deno.realPath(path).catch((error) => {
      if (isAbsolute(name)) throw ioError("read the picture", path, error);
      this.#requireInside(name, join(this.#real, name));
      const missing = `it does not exist; paths are taken from --image-root ${this.folder}`;
      throw ioError("read the picture", path, error, { missing });
    });
    this.#requireInside(name, real);
    return real;
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
