/** Processor time that threads of this process have taken, ms, by the threads' names. */
export type ThreadTimes = Record<string, number>;

/** The name under which the main thread's time is kept. */
export const MAIN = "main";

/** A sleep in which a thread leaves its core, ms: only then, or at its next tick, Linux counts its time. */
const SLEEP = 2;

/** Returns the processor time of each thread so far; threads of one name are added up. Linux alone has it. */
export async function threadTimes(): Promise<ThreadTimes> {
  await new Promise((resolve) => setTimeout(resolve, SLEEP));
  const times: ThreadTimes = {};
  for (const { name: id } of Deno.readDirSync("/proc/self/task")) {
    try {
      const name = Number(id) === Deno.pid
        ? MAIN
        : nameOf(Deno.readTextFileSync(`/proc/self/task/${id}/comm`));
      const [nanoseconds] = Deno.readTextFileSync(`/proc/self/task/${id}/schedstat`).split(" ");
      times[name] = (times[name] ?? 0) + Number(nanoseconds) / 1e6;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // it has ended meanwhile
    }
  }
  return times;
}

/** Returns the time of each thread from one moment to a later one. */
export function timesBetween(before: ThreadTimes, after: ThreadTimes): ThreadTimes {
  return Object.fromEntries(
    Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)] as const),
  );
}

/** Returns a thread's name without the number by which it differs from others of its kind. */
function nameOf(text: string): string {
  return text.trim().replace(/[-_ ]?\d+$/, "");
}
