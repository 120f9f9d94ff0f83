import { VitrailError } from "../errors.ts";
import type { DeviceRows } from "../gpu/device_rows.ts";
import type { Layout } from "../layout/layout.ts";
import type { Elements } from "../plan/dtype.ts";
import type { Range } from "../plan/geometry.ts";
import type { HostRows } from "../plan/output_rows.ts";
import type { Plan } from "../plan/plan.ts";
import type { Pictures } from "../plan/stored_picture.ts";
import type { ChunkLimits } from "./run/chunks.ts";
import type { SpliceWork } from "./splice/splice_work.ts";

/** The name of an executor. */
export type ExecutorName = "webgpu" | "reference";

/** Where results go: into CPU memory, or nowhere, so that they stay on the device. */
export type Destination = "cpu" | "device";

/** Rows that an executor made. They are read, joined and released by the one that made them. */
export type Rows = HostRows | DeviceRows;

/** What computes: all that an engine asks of a GPU or of a CPU. `executors.ts` makes each of them. */
export interface Executor {
  readonly name: ExecutorName;
  /** The adapter or the language that it runs on, for people. */
  readonly description: string;
  /** The device that rows can stay on; absent where they lie in CPU memory. */
  readonly device?: GPUDevice;
  /** What a chunk may hold where `memory` bytes may be under way. */
  limits(memory: number): ChunkLimits;
  /** Runs some images of a plan. What the GPU refuses is an error here, not when the rows are read. */
  run(plan: Plan, images: Range, pictures: Pictures, to: Destination): Promise<Rows[]>;
  /** Moves elements into the order of a layout's output. */
  rearrange(elements: Elements, layout: Layout): Promise<Elements>;
  /** Splices features into tokens, whose rows `[tokens, 4C]` come in order. */
  splice(work: SpliceWork, to: Destination): AsyncIterable<Rows> | Iterable<Rows>;
  /** Copies rows into the CPU memory that `into` gives for each. */
  read(rows: readonly Rows[], into: (rows: Rows) => Uint8Array): Promise<void>;
  /** Joins rows that follow one another where one buffer holds them; gives them back as they are where none does. */
  join(rows: readonly Rows[]): Promise<Rows[]>;
  /** Frees rows. */
  release(rows: readonly Rows[]): void;
  /** Frees all that it made. */
  close(): void;
}

/** @throws {VitrailError} `device` where an executor has no device that results could stay on. */
export function requireDevice({ device, name }: Executor): void {
  if (device) return;
  throw new VitrailError(
    "device",
    `{ to: "device" } needs the webgpu executor, and this engine's is the ${name}`,
  );
}
