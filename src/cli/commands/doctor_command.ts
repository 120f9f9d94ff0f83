import { asideMissing } from "../../codecs/aside/decode_threads.ts";
import { type DecoderReport, decoderReports } from "../../codecs/decoders/decoders.ts";
import { Engine } from "../../engine/engine.ts";
import { lanesMissing } from "../../engine/lanes/worker_lane.ts";
import { messageOf } from "../../errors.ts";
import { findAdapter, LIMITS, summaryOf } from "../../gpu/device/device.ts";
import { runtime } from "../../runtime/here.ts";
import type { Command } from "../command.ts";
import { prepareGraphics } from "../environment.ts";
import { VERSION } from "../../report/version.ts";
import { requireNothing } from "../flags/arguments.ts";
import { print } from "../output/terminal.ts";

/** `vitrail doctor`: reports what this machine has. */
export const doctorCommand: Command = {
  name: "doctor",
  usage: "",
  summary:
    "report the executor, its lanes, the WebGPU adapter and its limits, the decoders and the permissions",
  flags: [],
  async perform(args, terminal) {
    requireNothing(args);
    prepareGraphics();
    const found = {
      vitrail: VERSION,
      runtime: `${runtime.name.toLowerCase()} ${runtime.version}`,
      executor: await executorReport(),
      adapter: await adapterReport(),
      decoders: await decoderReports(),
      threadsMissing: await asideMissing(),
      permissions: await permissionReport(),
    };
    print(terminal, args.on("json"), found, () => doctorText(found));
    return 0;
  },
};

/** The WebGPU adapter of this machine, or why there is none. */
interface AdapterReport {
  description?: string;
  software?: boolean;
  limits?: Record<string, number>;
  /** The reason why there is none. */
  reason?: string;
}

async function adapterReport(): Promise<AdapterReport> {
  try {
    const adapter = await findAdapter();
    const limits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
    return { ...summaryOf(adapter.info), limits };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

/** The executor that `auto` takes here, and why. */
interface ExecutorReport {
  name: string;
  description: string;
  why: string;
  /** The most lanes that share its work by default. */
  lanes: number;
  /** The reason why no lane can be opened here; absent where one can, or none is wanted. */
  lanesMissing?: string;
}

async function executorReport(): Promise<ExecutorReport> {
  await using engine = await Engine.open();
  const { executor, description, why, lanes } = engine;
  const missing = lanes > 0 ? await lanesMissing({ executor, memory: engine.memory }) : undefined;
  return { name: executor, description, why, lanes, ...(missing && { lanesMissing: missing }) };
}

const PERMISSIONS = ["read", "write", "env", "ffi", "sys"] as const;

async function permissionReport(): Promise<Record<string, string>> {
  const states = PERMISSIONS.map(async (name) => {
    return [name, (await Deno.permissions.query({ name })).state] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}

function doctorText({ vitrail, runtime, executor, adapter, decoders, threadsMissing, permissions }: {
  vitrail: string;
  runtime: string;
  executor: ExecutorReport;
  adapter: AdapterReport;
  decoders: DecoderReport[];
  /** The reason why large pictures are decoded on the thread that asks; absent where they do not. */
  threadsMissing?: string;
  permissions: Record<string, string>;
}): string {
  const { description, software, limits, reason } = adapter;
  return [
    `vitrail ${vitrail}, ${runtime}`,
    `executor: ${executor.name} (${executor.description}); ${executor.why}`,
    `lanes: ${
      executor.lanesMissing ? `none; ${executor.lanesMissing}` : executor.lanes || "none by default"
    }`,
    reason ? `adapter: none; ${reason}` : `adapter: ${description}${software ? " (software)" : ""}`,
    ...Object.entries(limits ?? {}).map(([name, value]) => `  ${name} ${value}`),
    "decoders, best first:",
    ...decoders.map((decoder) =>
      `  ${decoder.name}: ${decoder.reason ?? `available for ${decoder.formats.join(", ")}`}`
    ),
    ...(threadsMissing ? [`large pictures are decoded on the thread that asks; ${threadsMissing}`] : []),
    "permissions:",
    ...Object.entries(permissions).map(([name, state]) => `  ${name} ${state}`),
  ].join("\n");
}
