import type { Backend } from "../../../src/recipes/backend.ts";
import type { Synthetic } from "../pictures/synthetic.ts";
import { golden } from "./golden.ts";

/** A tensor of Python's, or lists of them. */
export type Output = Whole | { list: Output[] } | { value: unknown };

/** A tensor of Python's. */
export interface Whole {
  shape: number[];
  dtype: string;
  sha256: string;
  /** Floats only: elements at equal distances from the first to the last, all of them where they are few. */
  samples?: number[];
}

/** One call of a processor of transformers. */
export interface Call {
  srcs: Synthetic[];
  outputs?: Record<string, Output>;
  /** The exception that Python raised in place of outputs. */
  error?: string;
}

/** The calls of one class, made in one way, by one backend. */
export interface Suite {
  family: string;
  class: string;
  preset: string;
  backend: Backend;
  /** The options that it was made with. */
  kwargs: Record<string, unknown>;
  /** All its fields, as its `to_dict` gives them. */
  config: Record<string, unknown>;
  calls: Call[];
}

/** The goldens of transformers 5.17, each of one backend. */
const FILES: readonly { file: string; backend: Backend }[] = [
  { file: "pil", backend: "pil" },
  { file: "torchvision", backend: "torchvision" },
  { file: "cuda", backend: "torchvision-cuda" },
];

/** The folder of what make_processor.py wrote, which need not be there. */
const OWN = new URL("../../goldens/processors/", import.meta.url);

/** Returns every suite that Python recorded of a processor for pictures. */
export function processorSuites(): Suite[] {
  const released = FILES.flatMap(({ file, backend }) =>
    golden<{ results: Omit<Suite, "backend">[] }>(`tf517/${file}`).results.map((suite) => ({
      ...suite,
      backend,
    }))
  );
  const own = namesIn(OWN).flatMap((name) => golden<{ results: Suite[] }>(`processors/${name}`).results);
  return [...released, ...own];
}

/** Returns the names of a folder's JSON files, without their ending. */
function namesIn(folder: URL): string[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name }) => /^(\w+)\.json$/.exec(name)?.[1] ?? []).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Returns the name that a class and its twin of Pillow's share. */
export function classOf(suite: Suite): string {
  return suite.class.replace(/Pil$/, "");
}

/** Returns the text by which messages and lists name a suite. */
export function suiteName(suite: Suite): string {
  return `${suite.class} ${suite.preset} (${suite.backend})`;
}

/**
 * Tells whether a call says what Python gives or refuses: not where its own code broke, or where a page of
 * Nougat's was too much for the memory that CUDA shares.
 */
export function tellsPython({ error }: Pick<Call, "error">): boolean {
  return error === undefined || !/^(AttributeError|TypeError)|Too much shared memory/.test(error);
}

/**
 * Classes that take each picture's own mean and deviation. CUDA sums floats for them in an order of its own,
 * block by block, so that both may be other numbers by a few units in their last places. All other steps are
 * CUDA's: 8 of the 26 calls of `cuda.json` are equal in every byte, and in all of them the samples are within
 * `STANDARD_SAMPLE`.
 */
const SUMMED_ON_CUDA: readonly string[] = ["Kosmos2_5ImageProcessor", "Pix2StructImageProcessor"];

/** Tells whether CUDA's own order of sums keeps a suite's floats from being equal in every byte. */
export function isSummedOnCuda({ class: name, backend }: Pick<Suite, "class" | "backend">): boolean {
  return backend === "torchvision-cuda" && SUMMED_ON_CUDA.includes(name);
}
