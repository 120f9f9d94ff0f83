import * as vitrail from "../../mod.ts";
import { Batch, Engine, Tensor, VitrailError } from "../../mod.ts";
import { type GoodCall, goodCalls, hasOptions } from "../support/given/hostile_calls.ts";
import { inFolder } from "../support/temporary_folder.ts";
import { assertEquals } from "@std/assert";

/** The values in the place of each argument and option, by how failures name them. */
const HOSTILE: Readonly<Record<string, unknown>> = {
  "null": null,
  "undefined": undefined,
  "5": 5,
  "a text": "x",
  "a list": [],
  "an object": {},
  "a list of null": [null],
  "a symbol": Symbol("a\nb"),
  "a bigint": 5n,
  "a function": () => undefined,
};

/** The most time that a call may take to be refused, ms. */
const PROMPT = 2000;

/** Calls, waits for what it gives, and asks a generator for its first item. */
async function outcomeOf(call: GoodCall["call"], given: readonly unknown[]): Promise<unknown> {
  try {
    const result = await call(...given as never[]);
    if (typeof result === "object" && result !== null && "next" in result) {
      const generator = result as AsyncGenerator<unknown>;
      await generator.next();
      await generator.return(undefined);
    }
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Says what is wrong about a call's outcome; undefined where nothing is. */
function problemOf(error: unknown, took: number): string | undefined {
  if (took > PROMPT) return `took ${took} ms`;
  if (error === undefined) return undefined;
  if (!(error instanceof VitrailError)) return `threw ${error}`;
  const lines = error.message.split("\n").length;
  if (lines > 1 && !error.message.startsWith("malformed pattern")) {
    return `has ${lines} lines: ${error.message}`;
  }
  return error.message.length > 1500 ? `has ${error.message.length} characters` : undefined;
}

/** Returns a call's arguments with a hostile value in each place, and what was put where. */
function* hostileArguments(given: readonly unknown[]): Generator<[where: string, given: unknown[]]> {
  for (const [what, value] of Object.entries(HOSTILE)) {
    for (const [index, argument] of given.entries()) {
      yield [`argument ${index + 1} is ${what}`, given.with(index, value)];
      if (!hasOptions(argument)) continue;
      for (const option of Object.keys(argument)) {
        yield [`${option} is ${what}`, given.with(index, { ...argument, [option]: value })];
      }
    }
  }
  for (let count = 0; count < given.length; count++) yield [`${count} arguments`, given.slice(0, count)];
}

/** The calls whose last object are no options but a thing, which may have fields of its own. */
const OPEN = [
  ...["Batch", "Engine.rearrange", "ImageProcessor", "boxIn", "boxThrough", "expandIds", "expandText"],
  ...["planSplice", "sampleOf", "sessionInputs", "tokenizerOf"],
];

Deno.test("mod.ts throws VitrailErrors of one line, whatever it is given", async () => {
  await using engine = await Engine.open({ executor: "reference" });
  await inFolder(async (folder) => {
    const problems: string[] = [];
    for (const { name, call, given } of await goodCalls(engine, folder)) {
      for (const [where, hostile] of hostileArguments(given)) {
        const start = performance.now(), error = await outcomeOf(call, hostile);
        const problem = problemOf(error, performance.now() - start);
        if (problem !== undefined) problems.push(`${name}, ${where}: ${problem}`);
      }
    }
    assertEquals(problems, []);
  });
});

Deno.test("mod.ts refuses options that are misspelt, with the nearest", async () => {
  await using engine = await Engine.open({ executor: "reference" });
  await inFolder(async (folder) => {
    const problems: string[] = [];
    for (const { name, call, given } of await goodCalls(engine, folder)) {
      const index = given.findLastIndex(hasOptions), options = given[index];
      const isFirst = index === 0 && !/open|ixc|custom/i.test(name);
      if (isFirst || OPEN.includes(name) || !hasOptions(options) || Object.keys(options).length === 0) {
        continue;
      }
      const [option] = Object.keys(options);
      const misspelt = { ...options, [`${option}s`]: 5 };
      const error = await outcomeOf(call, given.with(index, misspelt));
      const said = error instanceof VitrailError && error.message.includes(`did you mean "${option}"`);
      if (!said) problems.push(`${name} takes ${option}s: ${error}`);
    }
    assertEquals(problems, []);
  });
});

Deno.test("mod.ts exports no function that is given no hostile values", async () => {
  await using engine = await Engine.open({ executor: "reference" });
  const called = await inFolder(async (folder) => (await goodCalls(engine, folder)).map(({ name }) => name));
  const functions = Object.entries(vitrail).flatMap(([name, value]) =>
    typeof value === "function" ? [name] : []
  );
  const methods = [Engine, Batch, Tensor].flatMap((own) =>
    Object.entries(Object.getOwnPropertyDescriptors(own.prototype)).flatMap(([method, { value }]) =>
      typeof value === "function" && !["constructor", "close"].includes(method)
        ? [`${own.name}.${method}`]
        : []
    )
  );
  const missing = [...functions, ...methods].filter((name) => name !== "Engine" && !called.includes(name));
  assertEquals(missing, []);
});
