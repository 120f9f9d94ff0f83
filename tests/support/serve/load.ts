/** One kind of request of a load. */
export interface LoadKind {
  readonly name: string;
  /** Its part of all requests, beside the other kinds'. */
  readonly weight: number;
  readonly path: string;
  /** Returns a request; `draw` gives whole numbers below its argument. */
  request(draw: (below: number) => number): LoadRequest;
}

/** One request of a load. */
export interface LoadRequest {
  readonly init: RequestInit;
  /** Says what is wrong with an answer; undefined where nothing is. */
  problem(status: number, body: Uint8Array<ArrayBuffer>): string | undefined;
}

/** All that a load has seen of one kind of request. */
export interface LoadCount {
  readonly name: string;
  /** The times of all answers, ms, the shortest first. */
  readonly times: number[];
  /** The times that something was wrong, by what it was. */
  readonly problems: Map<string, number>;
}

/** Has clients ask at one time, each again as soon as it is answered, for some seconds. */
export async function load(
  url: string,
  kinds: readonly LoadKind[],
  { clients, seconds }: { readonly clients: number; readonly seconds: number },
): Promise<LoadCount[]> {
  const counts = kinds.map(({ name }): LoadCount => ({ name, times: [], problems: new Map() }));
  const weights = kinds.reduce((sum, { weight }) => sum + weight, 0),
    end = performance.now() + seconds * 1000;
  const client = async (seed: number) => {
    const draw = drawsOf(seed + 1);
    while (performance.now() < end) {
      let at = draw(weights), index = 0;
      while (at >= kinds[index].weight) at -= kinds[index++].weight;
      const kind = kinds[index], { times, problems } = counts[index], start = performance.now();
      const problem = await ask(url, kind, draw).catch((error) => String(error));
      times.push(performance.now() - start);
      if (problem !== undefined) problems.set(problem, (problems.get(problem) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, seed) => client(seed)));
  for (const { times } of counts) times.sort((a, b) => a - b);
  return counts;
}

async function ask(
  url: string,
  kind: LoadKind,
  draw: (below: number) => number,
): Promise<string | undefined> {
  const { init, problem } = kind.request(draw), response = await fetch(new URL(kind.path, url), init);
  return problem(response.status, await response.bytes());
}

/** Returns a source of numbers that its seed decides. */
function drawsOf(seed: number): (below: number) => number {
  let state = seed * 2654435761 >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

/** Returns the time that a part of all stayed below, ms: 0.99 for the 99th percentile. */
export function percentile(times: readonly number[], part: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? NaN;
}
