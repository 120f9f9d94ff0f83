import { MOST_CONFIG_BYTES, readBoundedText } from "../formats/bounded_file.ts";
import { join, resolve } from "node:path";
import { shown, VitrailError } from "../errors.ts";
import { type OptionNames, requireOptions } from "../given/given_options.ts";
import { requireGiven } from "../given/given_value.ts";

/** Options for finding a model by its name. Those that are left out come from the environment. */
export interface HubOptions {
  /** The branch, tag or commit; `main` by default. */
  revision?: string;
  /** Fields to take in place of the config's, as `recipeFromConfig` takes them. */
  changes?: Readonly<Record<string, unknown>>;
  /** True gives the recipe of the model's clips in place of that of its pictures. */
  clips?: boolean;
  /**
   * The cache's folder, which Python's hub client has too. By default that of `HF_HUB_CACHE`, or `hub` in
   * `HF_HOME`, or `huggingface/hub` in `XDG_CACHE_HOME` or `~/.cache`.
   */
  cache?: string;
  /** The hub's address; by default that of `HF_ENDPOINT`, or `https://huggingface.co`. */
  endpoint?: string;
  /**
   * The token for models that not everybody may read. By default that of `HF_TOKEN`, or of the file that
   * `hf auth login` leaves. It goes to the endpoint and to no other host.
   */
  token?: string;
  /** True reads the cache and never asks the hub; by default true where `HF_HUB_OFFLINE` is 1. */
  offline?: boolean;
  /**
   * The longest that the hub may be silent, in milliseconds. By default `HF_HUB_DOWNLOAD_TIMEOUT` seconds, or
   * 10 s.
   */
  timeout?: number;
}

const HUB_OPTIONS = {
  revision: true,
  changes: true,
  clips: true,
  cache: true,
  endpoint: true,
  token: true,
  offline: true,
  timeout: true,
} satisfies OptionNames<HubOptions>;

/**
 * Holds the options of finding a model against what there is.
 * @throws {VitrailError} `usage` for options that there are not, and for those of another kind.
 */
export function requireHubOptions(options: HubOptions): void {
  requireOptions("hubModel", options, HUB_OPTIONS);
  for (const name of ["revision", "cache", "endpoint", "token"] as const) {
    if (options[name] !== undefined) requireGiven(name, options[name], "a text");
  }
  for (const name of ["clips", "offline"] as const) {
    if (options[name] !== undefined) requireGiven(name, options[name], "true or false");
  }
  if (options.changes !== undefined) requireGiven("changes", options.changes, "an object", "{ size: 448 }");
}

/** The settings that options and the environment give. */
export interface HubSettings {
  /** The folder of the cache; undefined where no variable of the environment says. */
  readonly cache?: string;
  /** The hub's address, without a slash at the end. */
  readonly endpoint: string;
  /** True where the hub is never asked. */
  readonly offline: boolean;
  /** The longest silence, in milliseconds. */
  readonly timeout: number;
  /** True where files of the cache are to be no links. */
  readonly copies: boolean;
  /** Returns the token, where there is one. */
  token(): Promise<string | undefined>;
}

/** Values of variables that mean yes. */
const YES = /^(?:1|on|yes|true)$/i;

/**
 * Returns the settings of `options`, and of the environment where they leave something out. Variables that
 * may not be read count as absent.
 * @throws {VitrailError} `usage` for an address or a time that is none.
 */
export function hubSettings(options: HubOptions): HubSettings {
  const home = folderOf("HF_HOME") ?? under(folderOf("XDG_CACHE_HOME") ?? userCache(), "huggingface");
  const cache = options.cache ?? folderOf("HF_HUB_CACHE") ?? folderOf("HUGGINGFACE_HUB_CACHE") ??
    under(home, "hub");
  return {
    ...(cache === undefined ? {} : { cache: resolve(cache) }),
    endpoint: endpointOf(options.endpoint ?? variable("HF_ENDPOINT") ?? "https://huggingface.co"),
    offline: options.offline ??
      YES.test(variable("HF_HUB_OFFLINE") ?? variable("TRANSFORMERS_OFFLINE") ?? ""),
    timeout: timeoutOf(options.timeout, variable("HF_HUB_DOWNLOAD_TIMEOUT")),
    copies: YES.test(variable("HF_HUB_DISABLE_SYMLINKS") ?? ""),
    token: () => tokenOf(options.token, home),
  };
}

/** Returns a variable of the environment; undefined where it is empty, absent, or may not be read. */
function variable(name: string): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: name });
  return state === "granted" ? Deno.env.get(name) || undefined : undefined;
}

/** Returns the folder that a variable names, with `~` and other variables in it put in, as Python does. */
function folderOf(name: string): string | undefined {
  const text = variable(name)?.replace(/^~(?=$|[/\\])/, () => userHome() ?? "~");
  return text?.replaceAll(/\$(?:(\w+)|\{(\w+)\})/g, (found, a, b) => variable(a ?? b) ?? found);
}

function userHome(): string | undefined {
  return variable("HOME") ?? variable("USERPROFILE");
}

function userCache(): string | undefined {
  return under(userHome(), ".cache");
}

function under(folder: string | undefined, name: string): string | undefined {
  return folder === undefined ? undefined : join(folder, name);
}

function endpointOf(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, "");
  throw new VitrailError(
    "usage",
    `the hub's address (HF_ENDPOINT) is an http or https URL, found ${shown(text)}`,
  );
}

function timeoutOf(milliseconds: number | undefined, seconds: string | undefined): number {
  const time = milliseconds ?? (seconds === undefined ? 10_000 : Number(seconds) * 1000);
  if (Number.isFinite(time) && time > 0) return time;
  throw new VitrailError(
    "usage",
    milliseconds === undefined
      ? `HF_HUB_DOWNLOAD_TIMEOUT is a number of seconds above 0, found ${shown(seconds)}`
      : `timeout is a number of milliseconds above 0, found ${shown(milliseconds)}`,
  );
}

/** Returns the token: given, in a variable, or in the file that `hf auth login` leaves. */
async function tokenOf(given: string | undefined, home: string | undefined): Promise<string | undefined> {
  const named = given ?? variable("HF_TOKEN") ?? variable("HUGGING_FACE_HUB_TOKEN");
  const path = folderOf("HF_TOKEN_PATH") ?? under(home, "token");
  const hidden = named !== undefined || path === undefined ||
    YES.test(variable("HF_HUB_DISABLE_IMPLICIT_TOKEN") ?? "");
  const text = hidden ? named : await readBoundedText(path, MOST_CONFIG_BYTES).catch(() => undefined);
  return text?.trim() || undefined;
}
