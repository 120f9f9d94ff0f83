import type { Engine } from "../engine/engine.ts";
import type { RunOptions } from "../engine/options.ts";
import { Budget } from "../engine/run/budget.ts";
import type { Dtype } from "../plan/dtype.ts";
import { VitrailError } from "../errors.ts";
import { NotLoaded } from "../runtime/loaded.ts";
import { type Answer, responseOf } from "./answers/answer.ts";
import { errorAnswer, Refusal } from "./answers/error_answer.ts";
import { leasedAnswer } from "./answers/leased_answer.ts";
import { Batches } from "./batches/batches.ts";
import { Deadline } from "./deadline.ts";
import { SizePlans } from "./plans/size_plans.ts";
import type { Route } from "./routes/route.ts";
import { ROUTES } from "./routes/routes.ts";
import type { ServedModel } from "./served_model.ts";
import { DEFAULT_LIMITS, type ServiceLimits } from "./service_limits.ts";
import { ServiceMetrics } from "./service_metrics.ts";
import type { ServiceParts } from "./service_parts.ts";

/** The options of a service. */
export interface ServiceOptions extends Pick<RunOptions, "orient" | "alpha" | "damaged"> {
  /** The type of the pixels' elements; absent: `f32`. */
  readonly dtype?: Dtype;
  /** Limits in the place of {@linkcode DEFAULT_LIMITS}. */
  readonly limits?: Partial<ServiceLimits>;
  /** The longest that a request waits for others to be made with, ms; absent: 5. */
  readonly batchWait?: number;
  /** The pictures that are made together at once; absent: 16 on a GPU, and 1 elsewhere. */
  readonly batchPictures?: number;
  /** The hosts that pictures are fetched from; absent: none. */
  readonly hosts?: readonly string[];
  /** Told what failed that is no error of a request's; absent: nobody is. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * Waiting and size of batches where nobody says otherwise. Without a GPU there is no submission to share, and
 * rows that are made together are copied once more: each request is made as soon as a core is free.
 */
export const DEFAULT_BATCHES = { wait: 5, onGpu: 16, elsewhere: 1 };

/** Answers requests for plans and tensors of one model. */
export class Service {
  readonly #parts: ServiceParts;
  readonly #onFailure: (error: unknown) => void;
  readonly #ending = new AbortController();
  #inFlight = 0;
  #stopping = false;
  #idle = Promise.withResolvers<void>();

  /** Creates a service of a model on an engine, which stays its caller's. */
  constructor(model: ServedModel, engine: Engine, options: ServiceOptions = {}) {
    const limits = limitsOf(options.limits), { maxPixels, maxTokens } = limits;
    const { orient, alpha, damaged, dtype = "f32", hosts = [] } = options;
    const { onGpu, elsewhere } = DEFAULT_BATCHES, usual = engine.executor === "webgpu" ? onGpu : elsewhere;
    const { batchWait: wait = DEFAULT_BATCHES.wait, batchPictures: pictures = usual } = options;
    const batching = { wait, pictures, orient, alpha, maxPixels, damaged };
    const batches = new Batches(engine, batching, (count) => metrics.countBatch(count));
    const metrics = new ServiceMetrics(engine, {
      inFlight: () => this.#inFlight,
      waiting: () => batches.waiting,
    });
    this.#onFailure = options.onFailure ?? (() => {});
    this.#parts = {
      ...{ model, limits, hosts, batches, metrics },
      settings: { orient, maxPixels, maxTokens, dtype },
      bodies: new Budget(limits.inFlightBytes),
      fetches: new Budget(limits.inFlightBytes),
      results: new Budget(limits.inFlightBytes),
      plans: new SizePlans(model.recipe, dtype),
      stopping: () => this.#stopping,
    };
  }

  /** Answers a request; whatever goes wrong is the answer. */
  async answer(request: Request): Promise<Response> {
    const start = performance.now(), pathname = pathOf(request);
    const route = ROUTES.find(({ path }) => path === pathname), name = route?.path ?? "other";
    const deadline = new Deadline(this.#parts.limits.timeout, request.signal, this.#ending.signal);
    this.#inFlight++;
    const answering = pathname === undefined
      ? Promise.reject(noUrl())
      : this.#answerOf(request, route, deadline);
    const answer = await answering.catch((error) => this.#failed(error));
    const onEnd = () => {
      deadline[Symbol.dispose]();
      this.#parts.metrics.count(name, answer.status ?? 200, performance.now() - start);
      if (--this.#inFlight === 0) this.#idle.resolve();
    };
    return responseOf(answer, deadline.signal, { onEnd, onFailure: this.#onFailure });
  }

  async #answerOf(request: Request, route: Route | undefined, deadline: Deadline): Promise<Answer> {
    if (route === undefined) throw new Refusal(404, "usage", `there is ${ROUTES.map(textOf).join(", ")}`);
    const method = request.method === "HEAD" ? "GET" : request.method; // the server leaves the body out
    if (method !== route.method) {
      throw new Refusal(405, "usage", `${route.path} takes ${route.method}`, { allow: route.method });
    }
    if (route.method === "POST") this.#requireRoom();
    const answer = await route.answer(request, this.#parts, deadline);
    return await leasedAnswer(answer, this.#parts, deadline.signal);
  }

  /** @throws {Refusal} 503 for a service that ends, 429 for one that has enough to do. */
  #requireRoom(): void {
    if (this.#stopping) {
      throw new Refusal(503, "limit", "the service was asked to end", { connection: "close" });
    }
    const { inFlight } = this.#parts.limits;
    if (this.#inFlight <= inFlight) return;
    throw new Refusal(429, "limit", `${inFlight} requests (--in-flight) are answered now`, {
      "retry-after": "1",
    });
  }

  #failed(error: unknown): Answer {
    if (error instanceof DOMException && error.name === "AbortError") { // nobody reads the answer
      return errorAnswer(new Refusal(499, "usage", "the client has gone"));
    }
    if (!(error instanceof VitrailError) || error instanceof NotLoaded) this.#onFailure(error);
    return errorAnswer(error);
  }

  /**
   * Refuses new work, waits for what is under way, and ends what takes longer than `wait`, in ms.
   * @returns the number of requests that were ended
   */
  async stop(wait: number): Promise<number> {
    this.#stopping = true;
    if (this.#inFlight === 0) return 0;
    this.#idle = Promise.withResolvers();
    const timer = setTimeout(() => this.#idle.resolve(), wait);
    await this.#idle.promise;
    clearTimeout(timer);
    const left = this.#inFlight;
    if (left > 0) this.#ending.abort(new Refusal(503, "limit", "the service has ended"));
    return left;
  }
}

/** Returns limits in which a body is no larger than all bodies together. */
function limitsOf(given: Partial<ServiceLimits> = {}): ServiceLimits {
  const limits = { ...DEFAULT_LIMITS, ...given };
  return { ...limits, maxBody: Math.min(limits.maxBody, limits.inFlightBytes) };
}

/** Returns the path that a request asks for; undefined where its head makes no URL. */
function pathOf(request: Request): string | undefined {
  try {
    return new URL(request.url).pathname;
  } catch {
    return undefined;
  }
}

function noUrl(): Refusal {
  return new Refusal(400, "usage", "the request's host and path make no URL");
}

function textOf({ method, path }: Route): string {
  return `${method} ${path}`;
}
