import { messageOf, VitrailError } from "../errors.ts";
import { type HubRepo, repoText } from "./hub_repo.ts";
import type { HubSettings } from "./hub_settings.ts";

/** The most times that a request is made, where the hub says when to come again. */
const ATTEMPTS = 3;

/** The longest that is waited for the hub to be ready again, in milliseconds. */
const LONGEST_WAIT = 10_000;

/** The subject of a request, and the most bytes that the answer may have. */
export interface HubRequest {
  /** The model. */
  readonly repo: HubRepo;
  /** The thing that is asked for, after "read": `tokenizer.json of Qwen/Qwen2-VL-2B`. */
  readonly what: string;
  /** The most bytes of the answer. */
  readonly most: number;
  /** Whose word that is, in messages. */
  readonly why: string;
}

/** The most bytes of a refusal that are read. */
const MOST_OF_REFUSALS = 2 ** 16;

/**
 * Returns a `fetch` for the hub that gives whole answers or errors. An answer is held in memory and has at
 * most `request.most` bytes. Silence ends it after the timeout of the settings. Where the hub asks to wait
 * for a few seconds, that is done. The token goes to the hub's own address only, not to where it redirects.
 *
 * The `fetch` throws a {@linkcode VitrailError}: `io` for a hub that cannot be reached, does not answer, or
 * refuses; `limit` for a longer answer.
 */
export function hubFetch(settings: HubSettings, request: HubRequest): typeof fetch {
  return async (input, init) => {
    const url = String(input instanceof Request ? input.url : input), headers = new Headers(init?.headers);
    const own = new URL(url).origin === new URL(settings.endpoint).origin;
    const token = own ? await settings.token() : undefined;
    if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
    for (let attempt = 1;; attempt++) {
      const answer = await answerOf(url, { ...init, headers }, settings, request);
      if (answer.response.ok) return answer.response;
      const wait = waitOf(answer.response);
      if (wait === undefined || wait > LONGEST_WAIT || attempt === ATTEMPTS) {
        throw refused(answer, settings, request, token !== undefined);
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };
}

/** An answer of the hub, whole, and its text where it is a refusal. */
interface Answer {
  readonly response: Response;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Makes one request, and reads its answer to the end. */
async function answerOf(
  url: string,
  init: RequestInit,
  settings: HubSettings,
  request: HubRequest,
): Promise<Answer> {
  const { timeout } = settings, { what } = request;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), timeout);
  let head: Response | undefined;
  try {
    head = await fetch(url, { ...init, signal: silence.signal });
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for await (const piece of head.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), timeout);
      pieces.push(piece);
      length += piece.byteLength;
      if (head.ok && length > request.most) throw tooLong(request);
      if (!head.ok && length > MOST_OF_REFUSALS) break;
    }
    const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
    const { status, statusText, headers } = head, empty = status === 204 || status === 304;
    return { response: new Response(empty ? null : bytes, { status, statusText, headers }), bytes };
  } catch (error) {
    if (error instanceof VitrailError) throw error;
    const begin = `cannot read ${what} from ${settings.endpoint}`, options = { cause: error };
    if (silence.signal.aborted) {
      const told = head === undefined ? "did not answer" : "fell silent";
      throw new VitrailError(
        "io",
        `${begin}: it ${told} for ${timeout / 1000} s (HF_HUB_DOWNLOAD_TIMEOUT sets the seconds)`,
        options,
      );
    }
    if (error instanceof Deno.errors.NotCapable) {
      throw new VitrailError("io", `reading ${what} needs --allow-net: ${messageOf(error)}`, options);
    }
    const why = head === undefined ? `it cannot be reached: ${reasonOf(error)}` : "the answer was cut short";
    throw new VitrailError("io", `${begin}: ${why}`, options);
  } finally {
    clearTimeout(timer);
  }
}

function tooLong({ what, most, why }: HubRequest): VitrailError {
  return new VitrailError("limit", `${what} is longer than ${most} bytes, ${why}`);
}

/** Says why a request failed: the innermost of the system's words. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const text = messageOf(cause ?? error);
  return /client error \(Connect\): (?:tcp connect error: |dns error: )?(.*)/.exec(text)?.[1] ?? text;
}

/** Returns how long a refusal asks to wait, in milliseconds; undefined where it does not. */
function waitOf({ status, headers }: Response): number | undefined {
  const text = headers.get("Retry-After");
  if ((status !== 429 && status !== 503) || text === null) return undefined;
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

/** Returns the error of a refusal. */
function refused(answer: Answer, settings: HubSettings, request: HubRequest, token: boolean): VitrailError {
  const { response: { status, headers } } = answer, { endpoint } = settings, { what, repo } = request;
  const begin = `${endpoint} does not give ${what} (${status}${saidIn(answer)})`;
  const access = token ? "the token (HF_TOKEN) may not read it" : "HF_TOKEN is to be set";
  const wait = waitOf(answer.response);
  const why: Record<string, string> = {
    401: `there is no model ${repo.id}, or it is private or gated, and ${access}`,
    403: `it is private or gated, and ${access}`,
    404: headers.get("X-Error-Code") === "RevisionNotFound"
      ? `there is no revision ${repo.revision} of ${repo.id}`
      : `there is no model ${repo.id}, or nothing of that name at the revision ${repo.revision}`,
    429: `too many requests were made` +
      (wait === undefined ? "" : `, and it asks to wait for ${Math.ceil(wait / 1000)} s`),
  };
  return new VitrailError("io", `${begin}: ${why[status] ?? "it failed; try again later"}`);
}

/** Returns what a refusal says in words of its own, on one line: a header, or the `error` in JSON. */
function saidIn({ response: { headers }, bytes }: Answer): string {
  let text = headers.get("X-Error-Message") ?? "";
  try {
    const { error } = JSON.parse(new TextDecoder().decode(bytes));
    if (text === "" && typeof error === "string") text = error;
  } catch {
    // It is a page for people, or nothing.
  }
  return text === "" ? "" : `, ${messageOf(text).slice(0, 200)}`;
}

/** Returns a file of a model as messages name it. */
export function fileOf(name: string, repo: HubRepo): string {
  return `${name} of ${repoText(repo)}`;
}
