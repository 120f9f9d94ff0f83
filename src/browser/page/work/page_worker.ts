/**
 * The module of the page's Worker, which computes while the page answers people.
 *
 * @module
 */

import { Engine } from "../../../engine/engine.ts";
import type { Batch } from "../../../engine/results/batch.ts";
import { messageOf, VitrailError } from "../../../errors.ts";
import { safetensorsPieces } from "../../../formats/safetensors_pieces.ts";
import type { Recipe } from "../../../recipes/recipe.ts";
import { sampleTensors } from "../../../report/sample_tensors.ts";
import { type Tokenizer, tokenizerOf } from "../../../text/tokenizer_file.ts";
import { madeSample } from "./made_sample.ts";
import type { Order } from "./order.ts";
import { orderedRecipe } from "./ordered_recipe.ts";
import type { PageWork, Refused, TroubleAt, WorkAnswer, WorkMessage } from "./page_work.ts";

/** The Worker's own scope, as far as it is used. */
const scope = globalThis as unknown as {
  postMessage(answer: WorkAnswer, memory: Transferable[]): void;
  addEventListener(kind: "message", listener: (event: MessageEvent<WorkMessage>) => void): void;
};

/** A failure, and the place on the page that it belongs to. */
class Trouble extends VitrailError {
  constructor(readonly at: TroubleAt, error: unknown) {
    super(error instanceof VitrailError ? error.code : "usage", messageOf(error), { cause: error });
  }
}

let engine: Promise<Engine> | undefined, tokenizer: Tokenizer | undefined;

/** The tensors that were made last, their number, and what ends the making of those that are made now. */
let batch: Batch | undefined, number = 0, making: AbortController | undefined;

/** The end of all reading of tensors that are saved. */
let saved: Promise<unknown> = Promise.resolve();

type Work = {
  [Name in keyof PageWork]: (asked: PageWork[Name]["asked"]) => Promise<PageWork[Name]["answer"]>;
};

/** Returns the one engine that makes what is shown. */
function openEngine(): Promise<Engine> {
  return engine ??= Engine.open();
}

const WORK: Work = {
  async open() {
    await openEngine();
    return undefined;
  },
  async make(order) {
    making?.abort(new DOMException("another order came", "AbortError"));
    const { signal } = making = new AbortController(), recipe = recipeOf(order);
    const opened = await openEngine(), start = performance.now();
    const { made, taken, refused } = await runTaken(opened, recipe, order.pictures, signal);
    if (made === undefined) return { refused };
    const ms = performance.now() - start;
    try {
      const sample = await madeSample(opened, made, taken, { ms, signal, tokenizer });
      signal.throwIfAborted(); // or the tensors of an older order would be saved
      const before = batch;
      batch = made;
      void saved.then(() => before?.dispose());
      return { refused, sample: { ...sample, number: ++number } };
    } catch (error) {
      made.dispose();
      throw error;
    }
  },
  async save(asked) {
    if (batch === undefined) throw new VitrailError("usage", "there are no tensors yet: choose a picture");
    if (asked !== number) {
      throw new VitrailError("usage", "the tensors are made anew; save them once they are shown");
    }
    const file = fileOf(batch);
    saved = Promise.allSettled([saved, file]);
    return await file;
  },
  async check({ order, executor }) {
    const recipe = recipeOf(order), pictures = order.pictures, start = performance.now();
    await using opened = await Engine.open({ executor });
    (await opened.run(recipe, pictures)).dispose();
    const loaded = performance.now();
    (await opened.run(recipe, pictures)).dispose();
    const first = loaded - start, again = performance.now() - loaded;
    const { verification } = await opened.run(recipe, pictures, { verify: true });
    return { description: opened.description, first, again, verification: verification! };
  },
  async tokenize(file) {
    try {
      tokenizer = file && tokenizerOf(JSON.parse(await file.text()), {}, file.name).tokenizer;
    } catch (error) {
      tokenizer = undefined;
      throw new Trouble("model", error);
    }
    return undefined;
  },
};

/** Returns a batch as a safetensors file. */
async function fileOf(made: Batch): Promise<Blob> {
  const { tensors, metadata } = await sampleTensors(made);
  const pieces = await Array.fromAsync(safetensorsPieces(tensors, metadata));
  return new Blob(pieces as Uint8Array<ArrayBuffer>[], { type: "application/octet-stream" });
}

function recipeOf(order: Order): Recipe {
  try {
    return orderedRecipe(order);
  } catch (error) {
    throw new Trouble("model", error);
  }
}

/** Runs the pictures that the recipe takes. Where all together fail, each is tried alone. */
async function runTaken(opened: Engine, recipe: Recipe, pictures: readonly File[], signal: AbortSignal) {
  const refused: Refused[] = [];
  try {
    return { made: await opened.run(recipe, pictures, { signal }), taken: pictures, refused };
  } catch (error) {
    if (signal.aborted) throw error;
    for (const [picture, file] of pictures.entries()) {
      try {
        (await opened.run(recipe, [file], { signal })).dispose();
      } catch (alone) {
        if (signal.aborted) throw alone;
        refused.push({ picture, why: messageOf(alone) });
      }
    }
    if (refused.length === 0) throw error;
  }
  const taken = pictures.filter((_, index) => refused.every(({ picture }) => picture !== index));
  if (taken.length === 0) return { taken, refused };
  return { made: await opened.run(recipe, taken, { signal }), taken, refused };
}

/** The memory of all pixels of an answer, which goes to the page with it. */
function memoryOf(answer: PageWork[keyof PageWork]["answer"]): ArrayBuffer[] {
  const images = answer && "sample" in answer ? answer.sample?.images ?? [] : [];
  return [
    ...new Set(images.flatMap(({ panels }) => panels.map(({ pixels }) => pixels.buffer as ArrayBuffer))),
  ];
}

scope.addEventListener("message", async ({ data: { id, name, asked } }) => {
  try {
    const answer = await (WORK[name] as (asked: unknown) => Promise<PageWork[typeof name]["answer"]>)(asked);
    scope.postMessage({ id, answer }, memoryOf(answer));
  } catch (error) {
    const at = error instanceof Trouble ? error.at : "sample";
    scope.postMessage({ id, trouble: { at, why: messageOf(error) } }, []);
  }
});
