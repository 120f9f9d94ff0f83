import { Environment, Interpreter, Template as Jinja } from "npm:@huggingface/jinja@0.5.11";
import { VitrailError } from "../errors.ts";

/** The most that a template may do to write one conversation. */
export interface TemplateBounds {
  /** Nodes of its syntax tree that are evaluated, and a share of the items and characters that they make. */
  readonly steps: number;
  /** Time, which on a busy machine is more than the steps alone would take. */
  readonly ms: number;
  /** Characters of a text, and of the template itself. */
  readonly characters: number;
  /** Items of a list. */
  readonly items: number;
}

/** Bounds far beyond what any model's template needs. */
export const TEMPLATE_BOUNDS: TemplateBounds = {
  steps: 10_000_000,
  ms: 60_000,
  characters: 2 ** 24,
  items: 2 ** 20,
};

/** Steps between two looks at the clock. */
const LOOK = 256;

/** Nodes that may make what was not there, and how many items and characters of it count as a step. */
const MAKERS = ["BinaryExpression", "CallExpression", "FilterExpression"],
  ITEMS_A_STEP = 2,
  CHARACTERS_A_STEP = 64;

/** The arguments of the library's function that evaluates a node of a syntax tree. */
type Evaluated = Parameters<Interpreter["evaluate"]>;

/**
 * Writes what a template does, as the library's `render`, within bounds.
 * @param name the template's name in messages
 * @param items the template's variables and functions
 * @throws {VitrailError} `limit`, with the bound that the template goes beyond. What the template throws.
 */
export function renderBounded(
  { parsed }: Pick<Jinja, "parsed">,
  name: string,
  items: Readonly<Record<string, unknown>>,
  bounds: TemplateBounds = TEMPLATE_BOUNDS,
): string {
  const environment = new Environment(),
    beyond: Beyond = (does, bound) => beyondBound(name, does, bound, bounds);
  for (const [item, value] of Object.entries({ ...globalsOf(name, bounds, beyond), ...items })) {
    environment.set(item, value);
  }
  return String(new BoundedInterpreter(environment, bounds, beyond).run(parsed).value);
}

/** Returns the error of a template that goes beyond a bound. */
type Beyond = (does: string, bound: keyof TemplateBounds) => VitrailError;

/** The `limit` error of a template that goes beyond a bound. */
export function beyondBound(
  name: string,
  does: string,
  bound: keyof TemplateBounds,
  bounds: TemplateBounds = TEMPLATE_BOUNDS,
): VitrailError {
  return new VitrailError(
    "limit",
    `the template ${name} ${does} more than ${bounds[bound]} ${bound}, the most allowed`,
  );
}

/** The `dataset` error of a template that refuses a conversation, or fails at it. */
export function failed(name: string, why: string, cause?: unknown): VitrailError {
  return new VitrailError("dataset", `the template ${name} fails: ${why}`, { cause });
}

/** The library's interpreter, which counts. */
class BoundedInterpreter extends Interpreter {
  readonly #end: number;
  #steps = 0;
  #looked = 0;

  constructor(environment: Environment, readonly bounds: TemplateBounds, readonly beyond: Beyond) {
    super(environment);
    this.#end = performance.now() + bounds.ms;
  }

  override evaluate(node: Evaluated[0], environment: Evaluated[1]): ReturnType<Interpreter["evaluate"]> {
    if (++this.#steps - this.#looked >= LOOK) this.#look();
    const value = super.evaluate(node, environment), held: unknown = value?.value;
    // Small texts and lists count as the step alone.
    if (typeof held === "string" ? held.length >= CHARACTERS_A_STEP : Array.isArray(held)) {
      this.#count(node!.type, held as string | unknown[]);
    }
    return value;
  }

  /** Counts what a node may have made, and checks its size. */
  #count(type: string, held: string | readonly unknown[]): void {
    const text = typeof held === "string", { bounds, beyond } = this;
    if (text && held.length > bounds.characters) throw beyond("writes a text of", "characters");
    if (!text && held.length > bounds.items) throw beyond("makes a list of", "items");
    // Joined texts are not copied.
    if (!MAKERS.includes(type) || text && type === "BinaryExpression") return;
    this.#steps += held.length / (text ? CHARACTERS_A_STEP : ITEMS_A_STEP);
  }

  #look(): void {
    this.#looked = this.#steps;
    if (this.#steps > this.bounds.steps) throw this.beyond("takes for a conversation", "steps");
    if (performance.now() > this.#end) throw this.beyond("takes for a conversation", "ms");
  }
}

/** Returns the functions and names that every template has, as the library's `render` gives them. */
function globalsOf(name: string, { items: most }: TemplateBounds, beyond: Beyond): Record<string, unknown> {
  const words = { false: false, true: true, none: null, False: false, True: true, None: null };
  return {
    ...words,
    raise_exception(message: string) {
      throw failed(name, message);
    },
    range(start: number, stop?: number, step = 1) {
      const [from, to] = stop === undefined ? [0, start] : [start, stop];
      if (step === 0) throw failed(name, "range() step must not be zero");
      const count = Math.max(0, Math.ceil((to - from) / step));
      if (count > most) throw beyond("makes a list of", "items");
      return Array.from({ length: count }, (_, index) => from + index * step);
    },
    strftime_now: (format: string) => new Jinja("{{ strftime_now(format) }}").render({ format }),
  };
}
