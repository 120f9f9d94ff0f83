import { createHash } from "node:crypto";

/** A model on the local hub: its files by path, texts or bytes. */
export type LocalModel = Readonly<Record<string, string | Uint8Array>>;

/** The hub's commit of every model: 40 digits. */
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** Answers a request in place of the hub, or not. The hub closes once `closing` is settled. */
export type Fault = (
  request: Request,
  closing: Promise<void>,
) => Response | undefined | Promise<Response | undefined>;

/**
 * A hub on this machine, which speaks as huggingface.co does: the list of a model's files, their sizes and
 * hashes, and the files. Those in `LARGE` are redirected to a second server, which stands for the CDN.
 */
export class LocalHub implements AsyncDisposable {
  /** Its address. */
  readonly url: string;
  /** The CDN's address. */
  readonly cdn: string;
  /** The requests so far, as `GET /path`; those that came to the CDN begin with `cdn`. */
  readonly requests: string[] = [];
  /** The `Authorization` of each request, in the same order. */
  readonly tokens: (string | null)[] = [];
  /** Answers in place of the hub. */
  fault: Fault = () => undefined;
  readonly #closing = Promise.withResolvers<void>();
  readonly #servers: readonly Deno.HttpServer[];

  /** Starts a hub with these models, by their names. */
  constructor(readonly models: Readonly<Record<string, LocalModel>>, readonly large: readonly string[] = []) {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    const cdn = Deno.serve(options, (request) => this.#cdnAnswer(request));
    const hub = Deno.serve(options, (request) => this.#answer(request));
    this.#servers = [hub, cdn];
    this.url = `http://127.0.0.1:${hub.addr.port}`;
    this.cdn = `http://localhost:${cdn.addr.port}`;
  }

  /** Stops both servers. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.resolve();
    for (const server of this.#servers) await server.shutdown();
  }

  /** The name that the cache gives a file's content: the sha256 of a large one, git's name of another. */
  etag(path: string, bytes: Uint8Array): string {
    if (this.large.includes(path)) return createHash("sha256").update(bytes).digest("hex");
    return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url), path = decodeURIComponent(pathname);
    this.requests.push(`${request.method} ${path}`);
    this.tokens.push(request.headers.get("Authorization"));
    const fault = await this.fault(request, this.#closing.promise);
    if (fault) return fault;
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|paths-info)\/(.+)$/.exec(path);
    const file = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    const [, id = "", ...rest] = api ?? file ?? [], model = this.models[id];
    if (model === undefined) return refusal(401, "RepoNotFound", "Invalid username or password.");
    if (api) return await this.#listed(request, id, rest as ["revision" | "paths-info", string]);
    return this.#file(request, model, rest as [string, string]);
  }

  async #listed(request: Request, id: string, [what, revision]: [string, string]): Promise<Response> {
    if (!["main", "refs/pr/1", COMMIT].includes(revision)) {
      return refusal(404, "RevisionNotFound", `Invalid rev id: ${revision}`);
    }
    const model = this.models[id];
    if (what === "revision") {
      const siblings = Object.keys(model).map((rfilename) => ({ rfilename }));
      return Response.json({ _id: "1", id, sha: COMMIT, lastModified: "2026-01-01T00:00:00.000Z", siblings });
    }
    const { paths } = await request.json() as { paths: string[] };
    return Response.json(
      paths.filter((path) => path in model).map((path) => {
        const bytes = bytesOf(model[path]), size = bytes.length, oid = this.etag(path, bytes);
        const lfs = this.large.includes(path) ? { oid, size, pointerSize: 134 } : undefined;
        return { type: "file", path, size, oid: lfs ? "a".repeat(40) : oid, lfs };
      }),
    );
  }

  #file(request: Request, model: LocalModel, [revision, path]: [string, string]): Response {
    if (![COMMIT, "main"].includes(revision)) return refusal(404, "RevisionNotFound", "Invalid rev id");
    if (!(path in model)) return refusal(404, "EntryNotFound", "Entry not found");
    const bytes = bytesOf(model[path]), etag = `"${this.etag(path, bytes)}"`;
    const headers = new Headers({ ETag: etag, "X-Repo-Commit": COMMIT });
    if (!this.large.includes(path)) {
      headers.set("Content-Length", String(bytes.length));
      return new Response(request.method === "HEAD" ? null : bytes, { headers });
    }
    headers.set("X-Linked-ETag", etag);
    headers.set("X-Linked-Size", String(bytes.length));
    headers.set("Location", `${this.cdn}/${path}?of=${encodeURIComponent(new URL(request.url).pathname)}`);
    return new Response(null, { status: 302, headers });
  }

  #cdnAnswer(request: Request): Response {
    const url = new URL(request.url), path = url.pathname.slice(1);
    this.requests.push(`cdn ${request.method} ${path}`);
    this.tokens.push(request.headers.get("Authorization"));
    const id = url.searchParams.get("of")!.split("/").slice(1, 3).join("/");
    return new Response(bytesOf(this.models[id][path]));
  }
}

function bytesOf(content: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content);
}

/** A refusal as the hub words it. */
export function refusal(status: number, code: string, message: string): Response {
  const headers = { "X-Error-Code": code, "X-Error-Message": message };
  return Response.json({ error: message }, { status, headers });
}

/** A model whose config makes one tensor of a picture, and that has a tokenizer and a template. */
export const QWEN: LocalModel = {
  "config.json": JSON.stringify({ model_type: "qwen3_vl" }),
  "preprocessor_config.json": JSON.stringify({
    image_processor_type: "Qwen2VLImageProcessor",
    patch_size: 16,
  }),
  "video_preprocessor_config.json": JSON.stringify({ video_processor_type: "Qwen2VLVideoProcessor" }),
  "tokenizer.json": JSON.stringify({ model: { type: "BPE", vocab: {}, merges: [] } }),
  "tokenizer_config.json": JSON.stringify({ eos_token: "<|im_end|>" }),
  "chat_template.jinja": "{% for message in messages %}{{ message.content }}{% endfor %}",
  "model.safetensors": "never read",
};
