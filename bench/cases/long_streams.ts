import { type Figure, figureOf } from "../report/figure.ts";
import { figuresOf } from "./bench_program.ts";
import type { Setup } from "./setup.ts";

/**
 * Times streams of different lengths, each in a process of its own. The short ones come before the long one
 * and after it, since the machine's pace changes.
 */
export async function longStreams({ pictures, quick, env }: Setup): Promise<Figure[]> {
  const [few, some, many] = quick ? [8, 12, 16] : [32, 64, 512];
  const rounds = new Map<number, Figure[][]>([few, some, many].map((count) => [count, []]));
  for (const count of [few, some, many, some, few]) {
    rounds.get(count)!.push(await figuresOf("long_stream.ts", [String(count), ...pictures], env));
  }
  const merged = new Map(Array.from(rounds, ([count, all]) => [count, mergedFigures(all)]));
  const against = (less: number, unit: Figure["unit"], measure: string) => {
    const [long, short] = [many, less].map((count) =>
      merged.get(count)!.find((figure) => figure.unit === unit)!.median
    );
    return figureOf("long stream", `${many} against ${less}: ${measure}`, unit, [long], {
      ratio: long / short,
      against: `${less} pictures`,
      lessIsBetter: true,
    });
  };
  return [
    ...[...merged.values()].flat(),
    against(few, "ms", "time a picture"),
    against(some, "MiB", "peak memory"),
  ];
}

/** Merges the figures of streams of one length; a note at the time a picture gives pictures a second. */
function mergedFigures(rounds: readonly Figure[][]): Figure[] {
  return rounds[0].map(({ what, unit }, index) => {
    const merged = figureOf("long stream", what, unit, rounds.map((figures) => figures[index].median));
    return unit === "ms" ? { ...merged, note: `${(1000 / merged.median).toFixed(1)} pictures/s` } : merged;
  });
}
