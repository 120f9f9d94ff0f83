import { readBoundedText } from "../../formats/bounded_file.ts";
import { VitrailError } from "../../errors.ts";
import { ioError } from "../../formats/io_error.ts";
import { Slices } from "../../runtime/slices.ts";
import { DataFile, type PlacedSample } from "./data_file.ts";
import { PythonRandom } from "./python_random.ts";

/** Options for drawing a data set's samples. */
export interface MixtureOptions {
  /** The seed of the random numbers, which are those that follow Python's `random.seed(seed)`. */
  readonly seed: number;
  /** True reads the numbers of a `data.txt` as thousands of samples, false as ratios. */
  readonly givenNum: boolean;
  /** The name of the files' format; absent: each file's own records tell it. */
  readonly format?: string;
  /** True where records may name pictures by their addresses on the network; absent: false. */
  readonly network?: boolean;
  /** Called with the count of samples that are drawn so far, of those that are wanted of the files so far. */
  readonly onProgress?: (drawn: number, wanted: number) => void;
}

/** The most samples of a mixture: each takes memory until the set is made. */
export const MOST_SAMPLES = 2 ** 26;

/** Samples that are drawn between two looks at the clock. */
const DRAWS = 2 ** 14;

/** One file of a mixture, with the samples that are taken of it. */
export interface MixtureFile {
  /** The file's samples. */
  readonly data: DataFile;
  /** The number beside the file in `data.txt`; absent where there is none, and every sample is taken once. */
  readonly amount?: number;
  /** The samples that are taken, by index in the file, in the order of training. */
  readonly taken: Taken;
}

/**
 * The samples that are taken of a file. Where each is taken once there is no list: the place is the index.
 */
interface Taken {
  readonly length: number;
  /** Returns the index in the file of the sample at `place`, from 0. */
  at(place: number): number | undefined;
}

/**
 * Samples drawn from one or more files, one file after another. A sample that is drawn takes 4 bytes, beside
 * the files' own; of a file that is taken whole, none.
 */
export class Mixture {
  readonly #starts: number[] = [];
  /** The count of its samples. */
  readonly length: number;

  private constructor(
    /** Its files, in order. */
    readonly files: readonly MixtureFile[],
  ) {
    let length = 0;
    for (const { taken } of files) {
      this.#starts.push(length);
      length += taken.length;
    }
    this.length = length;
  }

  /**
   * Opens a data set: a file of samples, or a `.txt` of `path ratio` lines.
   *
   * Paths in a `.txt` are taken from the working folder, and samples are drawn as the reference draws them. A
   * ratio below 1, or thousands fewer than the file has, is drawn by `random.sample`. A larger number takes
   * all of the file, and draws the rest by `random.choice`.
   * Source: InternLM-XComposer `finetune/finetune.py`, `make_supervised_data_module`.
   *
   * @throws {VitrailError} `io` where a file cannot be read; `dataset` where a file is not as the format
   * says, where there are no samples, or where more are wanted than a set may have; `usage`
   * for `givenNum` without a `.txt`.
   */
  static async open(path: string, options: MixtureOptions): Promise<Mixture> {
    const { seed, givenNum, format, network, onProgress } = options;
    const listed = path.toLowerCase().endsWith(".txt");
    if (givenNum && !listed) {
      throw new VitrailError(
        "usage",
        `--given-num reads the numbers of a .txt of "path number" lines, found ${path}`,
      );
    }
    const lines = listed ? await linesOf(path, givenNum) : [{ path, where: path }];
    const random = new PythonRandom(seed), files: MixtureFile[] = [];
    let drawn = 0;
    try {
      for (const { path, amount, where } of lines) {
        const data = await DataFile.open(path, { format, network });
        files.push({ data, taken: [] }); // before the draw, which may fail, so that the file is closed then
        const wanted = wantedOf(data.length, amount, givenNum, MOST_SAMPLES - drawn, where);
        const taken = await takenOf(
          data.length,
          wanted,
          random,
          (own) => onProgress?.(drawn + own, drawn + wanted),
        );
        drawn += wanted;
        files[files.length - 1] = { data, ...(amount !== undefined && { amount }), taken };
      }
      const mixture = new Mixture(files);
      if (mixture.length === 0) throw new VitrailError("dataset", `${path} gives no samples`);
      return mixture;
    } catch (error) {
      for (const { data } of files) data[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Reads the sample at `position`, from 0.
   * @throws {VitrailError} `dataset` where a field is not as the format says; `io` where a file has changed.
   */
  read(position: number): Promise<PlacedSample> {
    const { file, index } = this.placeOf(position);
    return this.files[file].data.read(index);
  }

  /**
   * Reads a picture that its file holds: of the sample at `position`, the picture `at`.
   * @throws {VitrailError} `io` where the file has changed.
   */
  picture(position: number, at: number): Promise<Uint8Array> {
    const { file, index } = this.placeOf(position);
    return this.files[file].data.picture(index, at);
  }

  /**
   * Returns the place of the sample at `position`: the file, by its index in `files`, and the index in that
   * file.
   */
  placeOf(position: number): { file: number; index: number } {
    const file = this.#starts.findLastIndex((start) => start <= position);
    return { file, index: this.files[file].taken.at(position - this.#starts[file])! };
  }

  /** Closes its files. */
  [Symbol.dispose](): void {
    for (const { data } of this.files) data[Symbol.dispose]();
  }
}

/** A line of a `data.txt`. */
interface Line {
  readonly path: string;
  readonly amount?: number;
  /** The line's name in messages. */
  readonly where: string;
}

/** Reads the lines of a `data.txt`. No path stands in two of them. */
async function linesOf(path: string, givenNum: boolean): Promise<Line[]> {
  const text = await readBoundedText(path).catch((error) => {
    throw ioError("read the data set", path, error);
  });
  const lines = new Map<string, Line>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const where = `${path}, line ${index + 1}`;
    const read = lineOf(line.trim(), givenNum, where);
    const before = lines.get(read.path);
    if (before) {
      throw new VitrailError(
        "dataset",
        `${where}: ${read.path} stands in ${before.where} too; add up their numbers`,
      );
    }
    lines.set(read.path, read);
  }
  return [...lines.values()];
}

function lineOf(line: string, givenNum: boolean, where: string): Line {
  const number = /\s(\S+)$/.exec(line)?.[1], path = line.slice(0, line.length - (number?.length ?? 0)).trim();
  if (number === undefined && !givenNum) return { path, where };
  const amount = Number(number);
  if (number !== undefined && Number.isFinite(amount) && amount >= 0) return { path, amount, where };
  const expected = givenNum ? "thousands of samples, such as 0.5" : "a ratio, such as 0.5, or nothing";
  throw new VitrailError("dataset", `${where}: "${line}" is to be a path and ${expected}`);
}

/** Returns how many samples to take of a file that has `count`, of which `most` may be taken. */
function wantedOf(
  count: number,
  amount: number | undefined,
  givenNum: boolean,
  most: number,
  where: string,
): number {
  const wanted = amount === undefined ? count : Math.trunc(givenNum ? amount * 1000 : count * amount);
  if (wanted > most) {
    throw new VitrailError(
      "dataset",
      `${where}: ${wanted} samples are wanted of a file that has ${count}; all files together may give ` +
        `${MOST_SAMPLES}, and ${most} of these are left`,
    );
  }
  if (wanted <= count || count > 0) return wanted;
  throw new VitrailError("dataset", `${where}: ${wanted} samples are wanted of a file that has none`);
}

/**
 * Returns the indices of the samples to take of a file that has `count`. What is drawn beyond the file's own
 * samples is drawn in slices; fewer than these are drawn in one piece, which takes seconds for millions.
 */
async function takenOf(
  count: number,
  wanted: number,
  random: PythonRandom,
  onDrawn: (drawn: number) => void,
): Promise<Taken> {
  if (wanted === count) return { length: count, at: (place) => place };
  if (wanted < count) return Uint32Array.from(random.sample(count, wanted));
  const all = Array.from({ length: count }, (_, index) => index), slices = new Slices();
  while (all.length < wanted) {
    for (let left = Math.min(DRAWS, wanted - all.length); left > 0; left--) all.push(random.below(count));
    if (!slices.over) continue;
    onDrawn(all.length);
    await slices.turn();
  }
  return Uint32Array.from(all);
}
