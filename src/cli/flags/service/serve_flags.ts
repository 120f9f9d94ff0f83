import { VitrailError } from "../../../errors.ts";
import { DEFAULT_BATCHES, type ServiceOptions } from "../../../serve/service.ts";
import { DEFAULT_LIMITS } from "../../../serve/service_limits.ts";
import type { Arguments, Flag } from "../arguments.ts";
import { bytesOf } from "../engine_flags.ts";
import { runOptionsOf } from "../run_flags.ts";
import { wholeNumber } from "../text_flags.ts";

/** The port that a service listens at, and the seconds that it goes on after it was asked to end. */
const PORT = 8018, STOP_WAIT = 30;

/** The flags of a service itself. */
export const SERVE_FLAGS: readonly Flag[] = [
  {
    name: "host",
    value: "NAME",
    default: "127.0.0.1",
    text: "address to listen at; the default is reached from this machine alone, 0.0.0.0 from anywhere",
  },
  { name: "port", value: "N", default: String(PORT), text: "port to listen at; 0 takes a free one" },
  {
    name: "cache",
    value: "SIZE",
    text: "memory in which made pictures are kept by their contents, such as 512MiB (default none)",
  },
  {
    name: "batch-wait",
    value: "MS",
    default: String(DEFAULT_BATCHES.wait),
    text: "longest that a request waits for others to be made with",
  },
  {
    name: "batch-pictures",
    value: "N",
    text:
      `pictures that are made together without more waiting (default ${DEFAULT_BATCHES.onGpu} on a GPU, ` +
      `${DEFAULT_BATCHES.elsewhere} elsewhere)`,
  },
  {
    name: "max-body",
    value: "SIZE",
    default: "64MiB",
    text: "most bytes of a request, and of the pictures fetched for it",
  },
  {
    name: "max-pictures",
    value: "N",
    default: String(DEFAULT_LIMITS.maxPictures),
    text: "most pictures of a request",
  },
  {
    name: "max-text",
    value: "N",
    default: String(DEFAULT_LIMITS.maxText),
    text: "most characters of a request's messages and tools, without pictures",
  },
  {
    name: "max-tokens",
    value: "N",
    default: String(DEFAULT_LIMITS.maxTokens),
    text: "most tokens that a request's pictures may become in its text",
  },
  {
    name: "timeout",
    value: "SECONDS",
    default: String(DEFAULT_LIMITS.timeout / 1000),
    text: "longest that a request may take, its answer included",
  },
  {
    name: "in-flight",
    value: "N",
    default: String(DEFAULT_LIMITS.inFlight),
    text: "most requests that are answered at one time; one more is told to come again",
  },
  {
    name: "in-flight-bytes",
    value: "SIZE",
    default: "1GiB",
    text: "most memory for requests' bodies; as much again for what is fetched, and for results; others wait",
  },
  {
    name: "allow-net",
    value: "NAME",
    repeatable: true,
    text:
      "fetch pictures from this host, at any port, or at HOST:PORT alone, where requests name them by http " +
      "addresses; by default from none",
  },
  {
    name: "stop-wait",
    value: "SECONDS",
    default: String(STOP_WAIT),
    text: "longest that requests may go on after SIGTERM or Ctrl-C",
  },
];

/**
 * Returns the options of a service that the flags ask for.
 * @throws {VitrailError} `usage` for a bad number.
 */
export function serviceOptionsOf(args: Arguments): ServiceOptions {
  const { orient, alpha, damaged, dtype, maxPixels } = runOptionsOf(args);
  return {
    ...{ orient, alpha, damaged, dtype },
    batchWait: wholeNumber(args, "batch-wait", 0),
    batchPictures: wholeNumber(args, "batch-pictures", 1),
    hosts: args.list("allow-net"),
    limits: {
      maxBody: bytesOf("max-body", args.text("max-body"))!,
      maxPictures: wholeNumber(args, "max-pictures", 1)!,
      maxText: wholeNumber(args, "max-text", 1)!,
      maxTokens: wholeNumber(args, "max-tokens", 1)!,
      ...(maxPixels !== undefined && { maxPixels }),
      timeout: msOf(args, "timeout", 1),
      inFlight: wholeNumber(args, "in-flight", 1)!,
      inFlightBytes: bytesOf("in-flight-bytes", args.text("in-flight-bytes"))!,
    },
  };
}

/** The most seconds that a timer counts. */
const MOST_SECONDS = Math.floor((2 ** 31 - 1) / 1000);

/**
 * Returns the time that a flag gives in seconds, in ms.
 * @throws {VitrailError} `usage` for what is no whole number, and for one below `least` or beyond 24 days.
 */
export function msOf(args: Arguments, name: string, least: number): number {
  const seconds = wholeNumber(args, name, least)!;
  if (seconds <= MOST_SECONDS) return seconds * 1000;
  throw new VitrailError("usage", `--${name} is ${MOST_SECONDS} seconds at most, found "${seconds}"`);
}

/**
 * Returns the port that `--port` gives.
 * @throws {VitrailError} `usage` for what is no port.
 */
export function portOf(args: Arguments): number {
  const port = wholeNumber(args, "port", 0)!;
  if (port < 65536) return port;
  throw new VitrailError("usage", `--port is a whole number from 0 to 65535, found "${port}"`);
}
