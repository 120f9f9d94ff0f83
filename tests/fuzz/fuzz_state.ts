import { join } from "node:path";
import type { CaseOutcome } from "./case_runner.ts";

/** The state of a row. */
export interface RowState {
  /** The cases that were run; the next one has this number. */
  cases: number;
  /** The numbers of those that were finds. */
  finds: number[];
  /** The longest that a case took, ms. */
  slowest: number;
  /** The time that all took, s. */
  seconds: number;
  /** Memory of its last process that lived long, early in its life, and at its last case, MiB. */
  early?: number;
  late?: number;
  /** A process whose memory grew: a find of no one case, which stands until as many cases leave it alone. */
  growth?: MemoryGrowth;
}

/** The growth of a process's memory. */
export interface MemoryGrowth {
  /** The cases that it had. */
  cases: number;
  /** The line that says how much it grew. */
  wrong: string;
}

/** All that a run has found, kept in a folder: `state.json`, and for each find its input and a line on it. */
export class FuzzState {
  readonly #rows: Record<string, RowState>;

  private constructor(readonly folder: string, rows: Record<string, RowState>) {
    this.#rows = rows;
  }

  /** Opens the state of a folder, which is made where there is none. */
  static async open(folder: string): Promise<FuzzState> {
    await Deno.mkdir(join(folder, "finds"), { recursive: true });
    try {
      return new FuzzState(folder, JSON.parse(await Deno.readTextFile(join(folder, "state.json"))));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return new FuzzState(folder, {});
      throw error;
    }
  }

  /** Returns what is known of a row. */
  row(name: string): RowState {
    return this.#rows[name] ??= { cases: 0, finds: [], slowest: 0, seconds: 0 };
  }

  /** The names of the rows that something is known of. */
  get names(): string[] {
    return Object.keys(this.#rows);
  }

  /** Keeps a find: the input that lies in `file`, and a line that says what happened. */
  async keep(name: string, outcome: CaseOutcome, file: string): Promise<void> {
    const { finds } = this.row(name), path = this.#findPath(name, outcome.number);
    if (!finds.includes(outcome.number)) finds.push(outcome.number);
    const ending = "ending" in outcome ? outcome.ending : "input";
    await Deno.copyFile(file, `${path}.${ending}`);
    await Deno.writeTextFile(`${path}.txt`, `${outcome.wrong}\n`);
  }

  /** Forgets a find, and removes its files. */
  async forget(name: string, number: number): Promise<void> {
    const row = this.row(name), path = this.#findPath(name, number);
    row.finds = row.finds.filter((own) => own !== number);
    for (const found of Deno.readDirSync(join(this.folder, "finds"))) {
      const own = join(this.folder, "finds", found.name);
      if (own.startsWith(`${path}.`)) await Deno.remove(own);
    }
  }

  #findPath(name: string, number: number): string {
    return join(this.folder, "finds", `${name}-${number}`);
  }

  /** Writes the state, whole or not at all. */
  async save(): Promise<void> {
    const path = join(this.folder, "state.json");
    await Deno.writeTextFile(`${path}.part`, JSON.stringify(this.#rows, null, 1));
    await Deno.rename(`${path}.part`, path);
  }
}
