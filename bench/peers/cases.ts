import { type Figure, figureOf } from "./figure.ts";
import { ON_CUDA, type PeerProgram } from "./peer.ts";
import { HD } from "./pictures.ts";
import { figuresOf } from "./program.ts";
import { type Pace, sideBySide } from "./side_by_side.ts";
import { startTimes } from "./start.ts";
import type { Work } from "./work.ts";

/** What cases work with. */
export interface Scene {
  /** The bench's pictures, in order. */
  pictures: readonly string[];
  /** Who takes part, Vitrail first. */
  peers: readonly PeerProgram[];
  /** Few rounds, small batches: within a minute. */
  quick: boolean;
  /** What child processes need in their environment to find a GPU. */
  env: Record<string, string>;
}

/** A case: a name for `--only`, what it is, and how it is measured. */
export interface Case {
  name: string;
  text: string;
  measure(scene: Scene): Promise<Figure[]>;
}

/** Every case, in the order of the table. */
export const CASES: readonly Case[] = [
  {
    name: "one",
    text: "one decoded 1920x1080, ixc2-4khd hd16 with its global view, f32 in CPU memory",
    measure: (scene) => withBounds("one", one("hd", scene), scene),
  },
  {
    name: "batch",
    text: "16 mixed pictures from file bytes (4 with --quick), the same, decode included",
    measure: (scene) => withBounds("batch", batch("hd", scene), scene),
  },
  {
    name: "resident",
    text:
      "the batch, through both, results left on the device; beside it torchvision and HuggingFace on CUDA, where it is",
    async measure(scene) {
      return [
        ...await resident("resident", "hd", scene),
        ...await resident("resident qwen", "qwen", scene),
      ];
    },
  },
  {
    name: "qwen",
    text: "one 1920x1080, decoded, and the batch from file bytes, through qwen2_vl",
    async measure(scene) {
      const single = await withBounds("qwen", one("qwen", scene), scene);
      if (scene.quick) return single;
      return [...single, ...await withBounds("qwen batch", batch("qwen", scene), scene)];
    },
  },
  {
    name: "stream",
    text: "32, 64 and 512 pictures through engine.stream (8, 12 and 16 with --quick), each a process",
    measure: streams,
  },
  {
    name: "kernels",
    text: "every kernel alone by timestamp queries, and a WGSL copy in the same run",
    measure: ({ env }) => figuresOf("../kernels.ts", ["--json"], env),
  },
  {
    name: "splice",
    text: "32 pictures' features to one sequence, and a WGSL copy of as many bytes in the same run",
    measure: ({ env }) => figuresOf("../splice.ts", ["--json"], env),
  },
  {
    name: "start",
    text: "vitrail plan 1920x1080 and vitrail tile of one picture, as whole processes",
    measure: ({ pictures, quick, env }) => startTimes(hdOf(pictures), quick ? 3 : 9, env),
  },
];

/** Peers side by side, and what bounds Vitrail's time. */
async function withBounds(name: string, work: Work, scene: Scene): Promise<Figure[]> {
  const peers = scene.peers.filter(({ tasks }) => tasks.includes(work.task));
  const [mine, ...others] = await sideBySide(name, work, peers, paceOf(scene), scene.env);
  const bounds = await figuresOf("bounds.ts", [name, JSON.stringify(work)], scene.env);
  return [mine, ...bounds, ...others];
}

/** The batch left on the device, and whoever does the same on CUDA. */
function resident(name: string, task: Work["task"], scene: Scene): Promise<Figure[]> {
  const peers = [scene.peers[0], ...ON_CUDA.filter(({ tasks }) => tasks.includes(task))];
  return sideBySide(name, { ...batch(task, scene), resident: true }, peers, paceOf(scene), scene.env);
}

function paceOf({ quick }: Scene): Pace {
  return quick ? { rounds: 3, seconds: 3 } : { rounds: 9, seconds: 30 };
}

function hdOf(pictures: readonly string[]): string {
  return pictures.find((path) => path.endsWith(`/${HD}`))!;
}

function one(task: Work["task"], { pictures }: Scene): Work {
  return { task, pictures: [hdOf(pictures)], decoded: true };
}

function batch(task: Work["task"], { pictures, quick }: Scene): Work {
  return { task, pictures: quick ? pictures.slice(0, 4) : [...pictures, ...pictures], decoded: false };
}

/** The short streams before the long one and after it, since the machine's pace changes. */
async function streams({ pictures, quick, env }: Scene): Promise<Figure[]> {
  const [few, some, many] = quick ? [8, 12, 16] : [32, 64, 512];
  const runs = new Map<number, Figure[][]>([few, some, many].map((count) => [count, []]));
  for (const count of [few, some, many, some, few]) {
    runs.get(count)!.push(await figuresOf("stream.ts", [String(count), ...pictures], env));
  }
  const merged = new Map(Array.from(runs, ([count, all]) => [
    count,
    all[0].map((figure, index) => {
      const merged = figureOf(
        "stream",
        figure.what,
        figure.unit,
        all.map((figures) => figures[index].median),
      );
      return figure.unit === "ms"
        ? { ...merged, note: `${(1000 / merged.median).toFixed(1)} pictures/s` }
        : merged;
    }),
  ]));
  const of = (count: number, unit: string) =>
    merged.get(count)!.find((figure) => figure.unit === unit)!.median;
  return [
    ...[...merged.values()].flat(),
    figureOf("stream", `${many} against ${few}: time a picture`, "ms", [of(many, "ms")], {
      ratio: of(many, "ms") / of(few, "ms"),
      against: `${few} pictures`,
      lessIsBetter: true,
    }),
    figureOf("stream", `${many} against ${some}: peak memory`, "MiB", [of(many, "MiB")], {
      ratio: of(many, "MiB") / of(some, "MiB"),
      against: `${some} pictures`,
      lessIsBetter: true,
    }),
  ];
}
