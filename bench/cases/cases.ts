import { ON_CUDA, ON_WEBGPU } from "../peers/programs.ts";
import type { Work } from "../peers/work.ts";
import type { Figure } from "../report/figure.ts";
import { figuresOf } from "./bench_program.ts";
import { longStreams } from "./long_streams.ts";
import { CAMERA, HD } from "./pictures.ts";
import { setTimes } from "./sets.ts";
import type { Setup } from "./setup.ts";
import { type Pace, sideBySide } from "./side_by_side.ts";
import { startTimes } from "./start.ts";

/** One case of the bench. */
export interface Case {
  /** The name that `--only` takes. */
  name: string;
  /** One line that says what is measured. */
  text: string;
  /** Measures it. */
  measure(setup: Setup): Promise<Figure[]>;
}

/** Seconds that a peer's rounds through qwen2_vl take at most: the whole case then takes less than 120. */
const QWEN_SECONDS = 8;

/** Every case, in the order of the table. */
export const CASES: readonly Case[] = [
  {
    name: "one",
    text: "one decoded 1920x1080, ixc2-4khd hd16 with its global view, f32 in CPU memory",
    measure: (setup) => withBounds({ one: one("hd", setup) }, setup),
  },
  {
    name: "batch",
    text: "16 mixed pictures from file bytes (4 with --quick), the same, decode included",
    measure: (setup) => withBounds({ batch: batch(setup) }, setup),
  },
  {
    name: "resident",
    text: "1920x1080 decoded, 4 mixed files, 1, 16 and 64 of 1920x1080 (1 with --quick), left on the GPU",
    measure: (setup) => resident("resident", "hd", setup),
  },
  {
    name: "resident qwen",
    text: "the same through qwen2_vl",
    measure: (setup) => resident("resident qwen", "qwen", setup),
  },
  {
    name: "qwen",
    text: "one 1920x1080, decoded, and 7 mixed files but with --quick, through qwen2_vl",
    measure(setup) {
      const { quick, pictures, seconds = quick ? undefined : QWEN_SECONDS } = setup;
      // Without the largest, whose rows alone are 290 MB, more than those of all others together.
      const mixed = pictures.filter((path) => !path.endsWith(`/${CAMERA}`));
      const many: Work = { task: "qwen", pictures: mixed, decoded: false };
      const works = { qwen: one("qwen", setup), ...!quick && { "qwen batch": many } };
      return withBounds(works, { ...setup, seconds });
    },
  },
  {
    name: "resize",
    text: "one decoded 4000x3000 by Lanczos to 1024x1024 bytes, as Pillow's resize",
    measure(setup) {
      const peers = setup.peers.filter(({ tasks }) => tasks.includes("resize"));
      const work: Work = { task: "resize", pictures: [pathOf(CAMERA, setup.pictures)], decoded: true };
      return sideBySide({ resize: work }, peers, paceOf(setup), setup);
    },
  },
  {
    name: "stream",
    text:
      "a stream of 1920x1080 files to f32, ms a picture; who shares it has a process, Worker or lane a core",
    measure: (setup) => stream("stream", "hd", [hdOf(setup.pictures)], setup),
  },
  {
    name: "stream mixed",
    text: "the same of mixed pictures",
    measure: (setup) => stream("stream mixed", "hd", setup.pictures, setup),
  },
  {
    name: "stream qwen",
    text: "the same of 1920x1080 files through qwen2_vl",
    measure: (setup) => stream("stream qwen", "qwen", [hdOf(setup.pictures)], setup),
  },
  {
    name: "long stream",
    text: "32, 64 and 512 pictures through engine.stream (8, 12 and 16 with --quick), each a process",
    measure: longStreams,
  },
  {
    name: "host",
    text: "the main thread's time, with a GPU that does nothing and a decoder that sleeps; copies; bytes up",
    measure: ({ env }) => figuresOf("../host/run_host.ts", ["--json"], env),
  },
  {
    name: "lanes",
    text:
      "a stream by how many lanes share it, on a GPU where there is one: by the clock, and threads' times",
    measure: ({ env }) => figuresOf("../host/run_lanes.ts", ["--json"], env),
  },
  {
    name: "sets",
    text: "a training set of 200 mixed samples (12 with --quick) to bf16 files, by whole programs in turns",
    measure: ({ pictures, quick, env }) =>
      setTimes(pictures, quick ? { samples: 12, rounds: 1 } : { samples: 200 }, env),
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

/** Times peers on works of one task side by side, and measures what bounds Vitrail's times. */
async function withBounds(works: Record<string, Work>, setup: Setup): Promise<Figure[]> {
  const all = Object.entries(works), figures: Figure[] = [];
  const peers = setup.peers.filter(({ tasks }) => all.every(([, { task }]) => tasks.includes(task)));
  const times = await sideBySide(works, peers, paceOf(setup), setup);
  for (const [name, work] of all) {
    const [mine, ...others] = times.filter((figure) => figure.case === name);
    const bounds = await figuresOf("bounds.ts", [name, JSON.stringify(work)], setup.env);
    figures.push(mine, ...bounds, ...others);
  }
  return figures;
}

/** Times work whose results stay on the device, beside the peers that do the same on CUDA. */
function resident(name: string, task: Work["task"], setup: Setup): Promise<Figure[]> {
  const mine = setup.peers.filter(({ name }) => name === ON_WEBGPU);
  const peers = [...mine, ...ON_CUDA.filter(({ tasks }) => tasks.includes(task))];
  const decoded = one(task, setup), left = { task, decoded: false, resident: true };
  const works: Record<string, Work> = {
    [`${name}, decoded`]: { ...decoded, resident: true },
    [`${name}, 4 mixed`]: { ...left, pictures: setup.pictures.slice(0, 4) },
  };
  for (const count of setup.quick ? [1] : [1, 16, 64]) {
    works[`${name}, ${count}`] = { ...left, pictures: Array<string>(count).fill(hdOf(setup.pictures)) };
  }
  return sideBySide(works, peers, paceOf(setup), setup);
}

/** Times a stream that goes through pictures in turn. */
function stream(
  name: string,
  task: Work["task"],
  pictures: readonly string[],
  setup: Setup,
): Promise<Figure[]> {
  const processes = navigator.hardwareConcurrency, count = processes * (setup.quick ? 8 : 24);
  const many = Array.from({ length: count }, (_, index) => pictures[index % pictures.length]);
  const peers = setup.peers.filter(({ tasks, streams }) => streams && tasks.includes(task));
  const work: Work = { task, pictures: many, decoded: false, processes };
  return sideBySide({ [name]: work }, peers, paceOf(setup), setup);
}

function paceOf({ quick, seconds = quick ? 3 : 20 }: Setup): Pace {
  return { rounds: quick ? 3 : 9, seconds };
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

function batch({ pictures, quick }: Setup): Work {
  return { task: "hd", pictures: quick ? pictures.slice(0, 4) : [...pictures, ...pictures], decoded: false };
}
