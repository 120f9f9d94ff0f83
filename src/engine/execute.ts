import type { Plan } from "../plan/plan.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { CachingSink } from "./cache/caching_sink.ts";
import { type KnownImages, knownImages } from "./cache/known_images.ts";
import { keepsThread } from "./lanes/default_lanes.ts";
import { throughLanes } from "./lanes/through_lanes.ts";
import type { RunOptions } from "./options.ts";
import { derivedTensors } from "./results/batch.ts";
import type { Tensor } from "./results/tensor.ts";
import { doneAgain } from "./executors/done_again.ts";
import { type Chunk, chunksOf } from "./run/chunks.ts";
import type { Gathered } from "./run/gather.ts";
import { loadChunk } from "./run/load_chunk.ts";
import { piecesOf } from "./run/pieces.ts";
import { throughChunks } from "./run/pipeline.ts";
import { CpuSink, DeviceSink } from "./run/sinks.ts";
import type { Shared } from "./shared.ts";
import type { Verification } from "./verify/compare.ts";

/** A call that was planned. */
export interface PlannedCall {
  plan: Plan<Recipe>;
  picture: Gathered["picture"];
  /** Takes the comparison with the reference, where it is asked for. */
  found?: Verification;
  /** True where the outputs are wanted, too, that are computed from others' values. */
  derives: boolean;
  /** True for one of many calls under way together. Such a one goes through lanes whole, and always. */
  many: boolean;
  /** True where the tensors are disposed of soon, so that their memory serves others. */
  brief: boolean;
}

/**
 * Executes a planned call, a chunk after the other, on lanes where there are several. Work whose device was
 * lost is done again: a chunk, or where the result stays on the device the call, unless its frames come from
 * a source, which gives each once.
 * @throws {VitrailError} what decoding, running and reading throws; the signal's reason where it is aborted.
 */
export async function executed(
  shared: Shared,
  call: PlannedCall,
  options: RunOptions,
): Promise<Record<string, Tensor>> {
  const isRepeatable = options.to === "device" && call.plan.clips === undefined;
  if (!isRepeatable) return await executedOnce(shared, call, options);
  const forward = { ...options, onProgress: onlyForward(options.onProgress) };
  return await doneAgain(shared.executor, () => executedOnce(shared, call, forward));
}

/** Returns a listener that passes on no count which is not above the last one. Images may be made again. */
function onlyForward(onProgress: RunOptions["onProgress"]): RunOptions["onProgress"] {
  let last = 0;
  return onProgress && ((done, total) => {
    if (done <= last) return;
    last = done;
    onProgress(done, total);
  });
}

async function executedOnce(
  shared: Shared,
  call: PlannedCall,
  options: RunOptions,
): Promise<Record<string, Tensor>> {
  const tensors = await pixelTensors(shared, call, options);
  if (!call.derives) return tensors;
  try {
    return { ...tensors, ...await derivedTensors(call.plan, tensors) };
  } catch (error) {
    for (const tensor of Object.values(tensors)) tensor.dispose();
    throw error;
  }
}

/** Returns the tensors that are made of pixels. */
async function pixelTensors(
  shared: Shared,
  call: PlannedCall,
  options: RunOptions,
): Promise<Record<string, Tensor>> {
  const { cache, files } = shared, { plan, found, picture } = call, { to, signal } = options;
  if (cache === undefined || to === "device" || found || plan.clips) {
    return await madeTensors(shared, call, options);
  }
  const reading = { ...options, alpha: options.alpha ?? plan.recipe.alpha };
  using known = await knownImages(cache, plan, picture, reading, files, signal);
  const onProgress = onlyForward(options.onProgress), own = { ...call, picture: known.picture };
  const tensors = await madeTensors(shared, own, { ...options, onProgress }, known);
  onProgress?.(plan.images.length, plan.images.length); // the last ones may have been known
  return tensors;
}

/** Makes the images of a plan that are not known. */
async function madeTensors(
  { executor, lanes, memory, budget, decodes, clock, slow, ...shared }: Shared,
  { plan: whole, picture, found, many, brief }: PlannedCall,
  options: RunOptions,
  known?: KnownImages,
): Promise<Record<string, Tensor>> {
  const images = whole.images.filter((image) => known?.images.get(image)?.rows === undefined);
  const plan = { ...whole, images: piecesOf({ ...whole, images }) };
  const { orient, maxPixels, maxBytes, damaged, alpha = whole.recipe.alpha, to } = options;
  const reading = { orient, maxPixels, maxBytes, damaged, alpha }, limits = executor.limits(memory);
  const isLong = () => keepsThread(executor, chunksOf(plan, limits)[0]?.memory ?? 0);
  const aside = !lanes.onlyForLong && (many || plan.images.length > 1) || isLong();
  const arrays = brief ? shared.briefArrays : shared.arrays;
  const cpuSink = () => {
    return known ? new CachingSink(plan, executor, arrays, known) : new CpuSink(plan, executor, arrays);
  };
  if (lanes.most > 0 && to !== "device" && !found && aside) {
    const call = { plan, whole, lanes, limits, budget, clock, slow, cpuSink, picture, reading, many };
    return await throughLanes(call, options);
  }
  const chunks = chunksOf(plan, limits), sink = to === "device" ? new DeviceSink(plan, executor) : cpuSink();
  const loading = { ...reading, channels: executor.channels };
  const onDecoded = slow.note.bind(slow);
  const load = (chunk: Chunk, signal: AbortSignal) => {
    return clock.during(
      "decoding",
      () => loadChunk(plan, chunk, picture, loading, { decodes, signal, onDecoded }),
    );
  };
  const work = { plan, whole, chunks, executor, budget, clock, load, sink, found };
  return await throughChunks(work, options);
}
