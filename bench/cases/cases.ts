import { ON_CUDA, ON_WEBGPU, type PeerProgram } from "../peers/peer.ts";
import type { Work } from "../peers/work.ts";
import { type Figure, figureOf } from "../report/figure.ts";
import { figuresOf } from "./bench_program.ts";
import { CAMERA, HD } from "./pictures.ts";
import { setTimes } from "./sets.ts";
import { type Pace, sideBySide } from "./side_by_side.ts";
import { startTimes } from "./start.ts";

/** The setup of a bench: all that its cases work with. */
export interface Setup {
  /** The bench's pictures, in order. */
  pictures: readonly string[];
  /** The peers that take part, Vitrail first. */
  peers: readonly PeerProgram[];
  /** True for few rounds and small batches, which take no more than a minute. */
  quick: boolean;
  /** Variables that child processes need to find a GPU. */
  env: Record<string, string>;
}

/** One case of the bench. */
export interface Case {
  /** The name that `--only` takes. */
  name: string;
  /** One line that says what is measured. */
  text: string;
  /** Measures it. */
  measure(setup: Setup): Promise<Figure[]>;
}

/** Every case, in the order of the table. */
export const CASES: readonly Case[] = [
  {
    name: "one",
    text: "one decoded 1920x1080, ixc2-4khd hd16 with its global view, f32 in CPU memory",
    measure: (setup) => withBounds("one", one("hd", setup), setup),
  },
  {
    name: "batch",
    text: "16 mixed pictures from file bytes (4 with --quick), the same, decode included",
    measure: (setup) => withBounds("batch", batch("hd", setup), setup),
  },
  {
    name: "resident",
    text: "the batch through both recipes, left on the device; torchvision and HuggingFace where CUDA is",
    async measure(setup) {
      return [
        ...await resident("resident", "hd", setup),
        ...await resident("resident qwen", "qwen", setup),
      ];
    },
  },
  {
    name: "qwen",
    text: "one 1920x1080, decoded, and the batch from file bytes, through qwen2_vl",
    async measure(setup) {
      const single = await withBounds("qwen", one("qwen", setup), setup);
      if (setup.quick) return single;
      return [...single, ...await withBounds("qwen batch", batch("qwen", setup), setup)];
    },
  },
  {
    name: "resize",
    text: "one decoded 4000x3000 by Lanczos to 1024x1024 bytes, as Pillow's resize",
    measure(setup) {
      const peers = setup.peers.filter(({ tasks }) => tasks.includes("resize"));
      const work: Work = { task: "resize", pictures: [pathOf(CAMERA, setup.pictures)], decoded: true };
      return sideBySide("resize", work, peers, paceOf(setup), setup.env);
    },
  },
  {
    name: "stream",
    text: "32, 64 and 512 pictures through engine.stream (8, 12 and 16 with --quick), each a process",
    measure: streams,
  },
  {
    name: "host",
    text: "the main thread's time, with a GPU that does nothing and a decoder that sleeps; copies; bytes up",
    measure: ({ env }) => figuresOf("../host/run_host.ts", ["--json"], env),
  },
  {
    name: "sets",
    text: "a training set of 24 samples (6 with --quick) to bf16 files, beside a pool of Python's processes",
    measure({ pictures, quick, env }) {
      return setTimes(pictures, { samples: quick ? 6 : 24, rounds: quick ? 1 : 3, env });
    },
  },
  {
    name: "kernels",
    text: "every kernel alone by timestamp queries, and a WGSL copy in the same round",
    measure: ({ env }) => figuresOf("../kernels.ts", ["--json"], env),
  },
  {
    name: "simd kernels",
    text: "every SIMD kernel alone, and a copy of as many bytes in the same round",
    measure: ({ env }) => figuresOf("../simd_kernels.ts", ["--json"], env),
  },
  {
    name: "splice",
    text: "32 pictures' features to one sequence, and a WGSL copy of as many bytes in the same round",
    measure: ({ env }) => figuresOf("../splice.ts", ["--json"], env),
  },
  {
    name: "start",
    text: "vitrail plan 1920x1080 and vitrail tile of one picture, as whole processes",
    measure: ({ pictures, quick, env }) => startTimes(hdOf(pictures), quick ? 3 : 9, env),
  },
];

/** Times peers side by side, and measures what bounds Vitrail's time. */
async function withBounds(name: string, work: Work, setup: Setup): Promise<Figure[]> {
  const peers = setup.peers.filter(({ tasks }) => tasks.includes(work.task));
  const [mine, ...others] = await sideBySide(name, work, peers, paceOf(setup), setup.env);
  const bounds = await figuresOf("bounds.ts", [name, JSON.stringify(work)], setup.env);
  return [mine, ...bounds, ...others];
}

/** Times the batch left on the device, beside the peers that do the same on CUDA. */
function resident(name: string, task: Work["task"], setup: Setup): Promise<Figure[]> {
  const mine = setup.peers.filter(({ name }) => name === ON_WEBGPU);
  const peers = [...mine, ...ON_CUDA.filter(({ tasks }) => tasks.includes(task))];
  return sideBySide(name, { ...batch(task, setup), resident: true }, peers, paceOf(setup), setup.env);
}

function paceOf({ quick }: Setup): Pace {
  return quick ? { rounds: 3, seconds: 3 } : { rounds: 9, seconds: 30 };
}

/** The picture for cases of one picture. */
function hdOf(pictures: readonly string[]): string {
  return pathOf(HD, pictures);
}

function pathOf(name: string, pictures: readonly string[]): string {
  return pictures.find((path) => path.endsWith(`/${name}`))!;
}

function one(task: Work["task"], { pictures }: Setup): Work {
  return { task, pictures: [hdOf(pictures)], decoded: true };
}

function batch(task: Work["task"], { pictures, quick }: Setup): Work {
  return { task, pictures: quick ? pictures.slice(0, 4) : [...pictures, ...pictures], decoded: false };
}

/** Times streams. The short ones come before the long one and after it, since the machine's pace changes. */
async function streams({ pictures, quick, env }: Setup): Promise<Figure[]> {
  const [few, some, many] = quick ? [8, 12, 16] : [32, 64, 512];
  const rounds = new Map<number, Figure[][]>([few, some, many].map((count) => [count, []]));
  for (const count of [few, some, many, some, few]) {
    rounds.get(count)!.push(await figuresOf("stream.ts", [String(count), ...pictures], env));
  }
  const merged = new Map(Array.from(rounds, ([count, all]) => [count, mergedFigures(all)]));
  const against = (less: number, unit: Figure["unit"], measure: string) => {
    const [long, short] = [many, less].map((count) =>
      merged.get(count)!.find((figure) => figure.unit === unit)!.median
    );
    return figureOf("stream", `${many} against ${less}: ${measure}`, unit, [long], {
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
    const merged = figureOf("stream", what, unit, rounds.map((figures) => figures[index].median));
    return unit === "ms" ? { ...merged, note: `${(1000 / merged.median).toFixed(1)} pictures/s` } : merged;
  });
}
