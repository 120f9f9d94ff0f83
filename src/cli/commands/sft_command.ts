import { VitrailError } from "../../errors.ts";
import type { Engine } from "../../engine/engine.ts";
import { writeAtomically } from "../../formats/atomic_write.ts";
import type { WorkKind } from "../../engine/run/work_clock.ts";
import { runtime } from "../../runtime/here.ts";
import { makeSet, type SetProgress } from "../../sft/set/make_set.ts";
import type { Material } from "../../sft/set/planned_sample.ts";
import { SetFolder } from "../../sft/set/set_folder.ts";
import { type Part, planSet, type SetPlan, shardsOf } from "../../sft/set/set_plan.ts";
import { madeSummary, plannedSummary } from "../../sft/summary/summary.ts";
import type { Command } from "../command.ts";
import type { Arguments } from "../flags/arguments.ts";
import { openEngine, reportTrouble } from "../flags/engine_flags.ts";
import { decisiveArguments, materialOf, setOptionsOf, SFT_FLAGS } from "../flags/sft_flags.ts";
import { printedLaunch } from "../flags/array/launch_flags.ts";
import { type AskedPart, launchedText, partOf } from "../flags/array/part_flags.ts";
import type { TextSettings } from "../flags/text_flags.ts";
import { Interruption } from "../interruption.ts";
import { freeBytes } from "../output/free_bytes.ts";
import { ProgressReport, type ProgressStyle } from "../output/progress.ts";
import { reportSet, reportStopped } from "../output/sft/sft_end.ts";
import type { SftReport } from "../output/sft/sft_report.ts";
import { sftPage } from "../output/sft/sft_page.ts";
import { requireWritable } from "../output/writable_path.ts";
import { print, type Terminal, variable } from "../output/terminal.ts";
import { follow } from "../queue/follow.ts";
import { queueOf } from "../queue/queue_flags.ts";

/** `vitrail sft`: makes shards of tensors from a multi-image data set. */
export const sftCommand: Command = {
  name: "sft",
  usage: "SET|data.txt [--out FOLDER] [FLAGS]",
  summary: "make shards of tensors from a data set of conversations with pictures",
  details: "SET is JSON, JSON lines, parquet or a webdataset's tar, of conversations in one of the formats " +
    "that --format lists; its records tell which. data.txt lists such files, one to a line: the path, " +
    "and the ratio of its samples to take. If the command was stopped before it was done, give it " +
    "again: it goes on from there.",
  flags: SFT_FLAGS,
  perform,
};

async function perform(args: Arguments, terminal: Terminal): Promise<number> {
  if (args.rest.length !== 1) {
    const found = args.rest.length === 0 ? "none" : args.rest.join(", ");
    throw new VitrailError("usage", `name one data set, such as data.json, or a data.txt, found ${found}`);
  }
  const page = args.text("html"), dryRun = args.on("dry-run");
  if (page !== undefined && !dryRun) {
    throw new VitrailError("usage", "--html is the page of a dry run; give --dry-run, too");
  }
  if (page !== undefined) await requireWritable(page, args.rest, ".html", "--html");
  const file = await printedLaunch(args);
  if (file !== undefined) {
    print(terminal, args.on("json"), { launcher: args.text("print"), file }, () => file);
    return 0;
  }
  const asked = partOf(args, variable), queue = queueOf(args);
  const progress = new ProgressReport(terminal, args.text("progress") as ProgressStyle);
  if (asked.launched && !args.on("json")) terminal.err(launchedText(asked.launched));
  const options = setOptionsOf(args);
  await using late = new LateEngine(() => {
    progress.end();
    return openEngine(args, terminal);
  });
  const { material, plan, planning } = await planned(args, asked.part, terminal, progress, late);
  using _files = material.mixture;
  progress.end();
  if (material.lacking !== undefined && !args.on("json")) terminal.err(material.lacking);
  if (!dryRun) {
    if (queue === undefined) {
      return await make(args, terminal, { material, plan, planning }, asked, progress, late);
    }
    await late[Symbol.asyncDispose](); // following takes hours, and computes nothing
    return await follow(args, terminal, { material, plan, queue }, progress);
  }
  const summarised = plannedSummary(plan, shardsOf(plan, asked.part), material);
  const free = await freeBytes(args.text("out")!), seconds = planning / 1000;
  const summary = { dryRun, ...partDocument(asked), ...summarised, ...(free && { free }), seconds };
  if (page !== undefined) {
    await writeAtomically(page, new TextEncoder().encode(sftPage(summary, args.rest[0])));
  }
  reportSet(args, terminal, summary, plan.skipped);
  return options.onError === "fail" && plan.skipped.some(({ asked }) => !asked) ? 1 : 0;
}

/** The engine of a command, opened when it is first needed: few sets need one to be planned. */
class LateEngine implements AsyncDisposable {
  #opened: Promise<Engine> | undefined;

  constructor(readonly opening: () => Promise<Engine>) {}

  /** Opens the engine, the first time. */
  open(): Promise<Engine> {
    return this.#opened ??= this.opening();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opening = this.#opened;
    this.#opened = undefined;
    const opened = await opening?.catch(() => undefined); // the error of `open` is its caller's
    await opened?.[Symbol.asyncDispose]();
  }
}

/** A planned set. */
interface Planned {
  readonly material: Material & TextSettings;
  readonly plan: SetPlan;
  /** The time that its planning took, ms. */
  readonly planning: number;
}

/** Has a signal end the command at once, before shards are made, with a word on what is kept. */
function untilMaking(args: Arguments, terminal: Terminal, progress: ProgressReport): Interruption {
  return Interruption.atOnce(() => {
    progress.end();
    reportStopped(args, terminal, args.text("out")!);
  });
}

/** Opens the files of a set, and plans it. A signal ends that at once. */
async function planned(
  args: Arguments,
  part: Part,
  terminal: Terminal,
  progress: ProgressReport,
  late: LateEngine,
): Promise<Planned> {
  await using _interruption = untilMaking(args, terminal, progress);
  progress.show({ work: "opening", things: "files", done: 0, total: 1, skipped: 0 });
  const material = await materialOf(args, args.rest[0], () => late.open(), (done, total) => {
    progress.show({ work: "drawing", things: "samples", done, total, skipped: 0 });
  });
  const start = performance.now();
  using files = new DisposableStack();
  files.use(material.mixture);
  const plan = await planSet(material, {
    ...setOptionsOf(args),
    part,
    ...(args.on("dry-run") && { onError: "skip" }), // to find all that is wrong
    onProgress: (done, total, skipped) => {
      progress.show({ work: "planning", things: "samples", done, total, skipped });
    },
  });
  files.move(); // they are open for as long as shards are made
  return { material, plan, planning: performance.now() - start };
}

/** Opens the folder and the engine of a making; a signal ends that at once, too. */
async function opened(openFolder: () => Promise<SetFolder>, late: LateEngine, interruption: Interruption) {
  await using _interruption = interruption;
  await using made = new AsyncDisposableStack();
  await runtime.giveMemoryBack(); // the garbage of planning goes before the engine takes memory
  const folder = made.use(await openFolder()), engine = await late.open();
  made.move(); // it is open for as long as shards are made
  return { folder, engine };
}

/** Makes the shards of a part, and reports them. */
async function make(
  args: Arguments,
  terminal: Terminal,
  { material, plan, planning }: Planned,
  asked: AskedPart,
  progress: ProgressReport,
  late: LateEngine,
): Promise<number> {
  const { part } = asked,
    decisive = decisiveArguments(args, material, plan),
    shards = shardsOf(plan, part).length;
  const { onError, picture } = setOptionsOf(args);
  const { folder: own, engine } = await opened(
    () => SetFolder.open(args.text("out")!, decisive, part),
    late,
    untilMaking(args, terminal, progress),
  );
  await using folder = own;
  let last: SetProgress | undefined;
  const ending = new AbortController(), { signal } = ending;
  await using interruption = new Interruption(() => {
    progress.end();
    terminal.err("ending after this shard; once more ends at once");
  }, () => ending.abort());
  const start = performance.now(), before = engine.clock.spent; // while the set was planned
  const manifest = await makeSet(engine, folder, plan, {
    material,
    part,
    decisive,
    shard: { onError, ...picture, signal },
    stopped: () => interruption.asked,
    onProgress(done) {
      last = done;
      progress.show({ work: "making", things: "pictures", ...done });
    },
  }).catch((error) => {
    if (!signal.aborted) throw error;
  });
  progress.end();
  reportTrouble(engine, terminal);
  const ms = performance.now() - start;
  if (manifest === undefined) {
    return reportStopped(args, terminal, folder.path, { whole: last!.shards, shards });
  }
  const skipped = [...manifest.skipped, ...manifest.shards.flatMap((shard) => shard.skipped)];
  const { found, kept, exchanged, done } = last!, { spent } = engine.clock;
  reportSet(args, terminal, {
    out: folder.path,
    ...partDocument(asked),
    ...madeSummary(plan, manifest, material),
    seconds: ms / 1000,
    made: done - found,
    found,
    kept,
    exchanged,
    picturesPerSecond: ms > 0 ? (done - found) / (ms / 1000) : 0,
    slowest: engine.slowest,
    times: timesOf(spent, before, planning, ms),
  }, skipped);
  return 0;
}

/** Returns the part that a launcher gave, as `--json` has it; nothing where the part was named. */
function partDocument({ launched }: AskedPart): Pick<SftReport, "part"> {
  if (launched === undefined) return {};
  const { part: [i, n], launcher, from } = launched;
  return { part: { i, n, launcher, from } };
}

/**
 * Returns the times of a set's making, as seconds.
 * @param spent ms that the engine has spent, by the kind of work
 * @param before those that it had spent when the making began
 * @param planning ms that the set's planning took, before the making
 * @param making ms that the making took
 */
function timesOf(spent: Times, before: Times, planning: number, making: number): SftReport["times"] {
  const secondsOf = (kind: WorkKind) => (spent[kind] - before[kind]) / 1000;
  const again = secondsOf("planning"), decoding = secondsOf("decoding");
  const computing = secondsOf("computing"), writing = secondsOf("writing");
  const other = Math.max(0, making / 1000 - again - decoding - computing - writing);
  return { planning: planning / 1000 + again, decoding, computing, writing, other };
}

/** Times by the kind of work, ms. */
type Times = Readonly<Record<WorkKind, number>>;
