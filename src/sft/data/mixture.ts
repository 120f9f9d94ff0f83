import { VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";
import { DataFile, type PlacedSample } from "./data_file.ts";
import { PythonRandom } from "./python_random.ts";

/** How a data set is drawn. */
export interface MixtureOptions {
  /** What the random numbers begin from: the mixture is the one that Python's `random.seed(seed)` gives. */
  readonly seed: number;
  /** Read the numbers of a `data.txt` as thousands of samples, not as ratios. */
  readonly givenNum: boolean;
}

/** One file of a mixture. */
export interface MixturePart {
  readonly file: DataFile;
  /** The number beside it in `data.txt`; absent where there is none, and all of it is taken. */
  readonly amount?: number;
  /** The samples taken, by index in the file, in the order of training. */
  readonly taken: readonly number[];
}

/** Samples drawn from one or more files, one after another: 8 bytes for each in memory, beside those of the files. */
export class Mixture {
  readonly #starts: number[] = [];
  /** Its samples. */
  readonly length: number;

  private constructor(
    /** Its files, in order. */
    readonly parts: readonly MixturePart[],
  ) {
    let at = 0;
    for (const { taken } of parts) this.#starts.push(at), at += taken.length;
    this.length = at;
  }

  /**
   * Opens a data set: a JSON file, or a `.txt` of `path ratio` lines. Paths in it are taken from the working folder, and
   * samples are drawn, as the reference does: a ratio below 1 (or thousands below the file's length) is
   * `random.sample`, one above 1 is all of the file and `random.choice` for the rest.
   * Source: InternLM-XComposer `finetune/finetune.py`, `make_supervised_data_module`.
   *
   * @throws {VitrailError} `io` where a file cannot be read; `dataset` where one is not as the format says, or where there
   * are no samples; `usage` for `givenNum` without a `.txt`.
   */
  static async open(path: string, { seed, givenNum }: MixtureOptions): Promise<Mixture> {
    const listed = path.toLowerCase().endsWith(".txt");
    if (givenNum && !listed) {
      throw new VitrailError(
        "usage",
        `--given-num reads the numbers of a .txt of "path number" lines, found ${path}`,
      );
    }
    const lines = listed ? await linesOf(path, givenNum) : [{ path, where: path }];
    const random = new PythonRandom(seed), parts: MixturePart[] = [];
    const mixture = async () => {
      for (const { path, amount, where } of lines) {
        const file = await DataFile.open(path);
        parts.push({ file, amount, taken: [] });
        const taken = takenOf(file.length, amount, givenNum, random, where);
        parts[parts.length - 1] = { file, ...(amount !== undefined && { amount }), taken };
      }
      const mixture = new Mixture(parts);
      if (mixture.length === 0) throw new VitrailError("dataset", `${path} gives no samples`);
      return mixture;
    };
    return await mixture().catch((error) => {
      for (const { file } of parts) file[Symbol.dispose]();
      throw error;
    });
  }

  /**
   * Reads the sample at `position`, from 0.
   * @throws {VitrailError} `dataset` where a field is not as the format says; `io` where a file has changed.
   */
  read(position: number): PlacedSample {
    const { part, index } = this.placeOf(position);
    return this.parts[part].file.read(index);
  }

  /** Where the sample at `position` comes from: a part, and the index in its file. */
  placeOf(position: number): { part: number; index: number } {
    const part = this.#starts.findLastIndex((start) => start <= position);
    return { part, index: this.parts[part].taken[position - this.#starts[part]] };
  }

  /** Closes its files. */
  [Symbol.dispose](): void {
    for (const { file } of this.parts) file[Symbol.dispose]();
  }
}

interface Line {
  readonly path: string;
  readonly amount?: number;
  /** What messages call the line. */
  readonly where: string;
}

/** The lines of a `data.txt`: a path, and a number where it has one. */
async function linesOf(path: string, givenNum: boolean): Promise<Line[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw ioError("read the data set", path, error);
  });
  const lines: Line[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const where = `${path}, line ${index + 1}`;
    const read = lineOf(line.trim(), givenNum, where);
    const before = lines.find((other) => other.path === read.path);
    if (before) {
      throw new VitrailError(
        "dataset",
        `${where}: ${read.path} stands in ${before.where} too; add up their numbers`,
      );
    }
    lines.push(read);
  }
  return lines;
}

function lineOf(line: string, givenNum: boolean, where: string): Line {
  const [, path, number] = /^(.*?)(?:\s+(\S+))?$/.exec(line)!;
  if (number === undefined && !givenNum) return { path, where };
  const amount = Number(number);
  if (number !== undefined && Number.isFinite(amount) && amount >= 0) return { path, amount, where };
  const expected = givenNum ? "thousands of samples, such as 0.5" : "a ratio, such as 0.5, or nothing";
  throw new VitrailError("dataset", `${where}: "${line}" is to be a path and ${expected}`);
}

/** The indices of the samples to take of a file of `count`. */
function takenOf(
  count: number,
  amount: number | undefined,
  givenNum: boolean,
  random: PythonRandom,
  where: string,
): number[] {
  const wanted = amount === undefined ? count : Math.trunc(givenNum ? amount * 1000 : count * amount);
  if (wanted < count) return random.sample(count, wanted);
  if (wanted > count && count === 0) {
    throw new VitrailError("dataset", `${where}: ${wanted} samples are wanted of a file that has none`);
  }
  const all = Array.from({ length: count }, (_, index) => index);
  for (let left = wanted - count; left > 0; left--) all.push(random.below(count));
  return all;
}
