import { Counter, Gauge, Histogram, Registry } from "npm:prom-client@15.1.3";
import type { Engine } from "../engine/engine.ts";

/** The bounds of times, s, and of batches, pictures. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const PICTURES = [1, 2, 4, 8, 16, 32, 64];

/** The numbers of a service that change from one reading to the next. */
export interface Gauges {
  /** Requests that are answered. */
  readonly inFlight: () => number;
  /** Pictures that wait for a batch. */
  readonly waiting: () => number;
}

/** All that a service counts, as Prometheus reads it. */
export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<"route" | "code">;
  readonly #seconds: Histogram<"route">;
  readonly #batches: Histogram;

  /** Creates the counts of a service on an engine. */
  constructor(engine: Engine, gauges: Gauges) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: "vitrail_requests_total",
      help: "Requests that were answered",
      labelNames: ["route", "code"],
      registers,
    });
    this.#seconds = new Histogram({
      name: "vitrail_request_seconds",
      help: "Time to the end of the answer",
      labelNames: ["route"],
      buckets: SECONDS,
      registers,
    });
    this.#batches = new Histogram({
      name: "vitrail_batch_pictures",
      help: "Pictures made together",
      buckets: PICTURES,
      registers,
    });
    this.#watch("vitrail_in_flight_requests", "Requests that are answered now", gauges.inFlight);
    this.#watch("vitrail_waiting_pictures", "Pictures that wait for a batch", gauges.waiting);
    this.#watchGrowing("vitrail_lost_devices_total", "GPU devices that were lost", () => engine.lostDevices);
    this.#watch("vitrail_resident_bytes", "Memory of this process", () => Deno.memoryUsage().rss);
    if (engine.cache === undefined) return;
    this.#watchGrowing(
      "vitrail_cache_hits_total",
      "Pictures that were made before",
      () => engine.cache!.hits,
    );
    this.#watchGrowing("vitrail_cache_misses_total", "Pictures that were not", () => engine.cache!.misses);
    this.#watch("vitrail_cache_bytes", "Memory of the cache", () => engine.cache!.bytes);
  }

  #watch(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(value());
      },
    });
  }

  /** Gives what only grows at each reading, as a counter. */
  #watchGrowing(name: string, help: string, value: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  }

  /** Counts an answered request. */
  count(route: string, code: number, ms: number): void {
    this.#requests.inc({ route, code });
    this.#seconds.observe({ route }, ms / 1000);
  }

  /** Counts a batch. */
  countBatch(pictures: number): void {
    this.#batches.observe(pictures);
  }

  /** The type of {@linkcode text}. */
  get type(): string {
    return this.#registry.contentType;
  }

  /** Returns all counts as text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
