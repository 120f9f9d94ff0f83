import type { PageFile } from "./page_files.ts";

/** All that the page may do: run and fetch what this server gives, and nothing from elsewhere. */
export const PAGE_POLICY: string = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'", // panels have their own widths
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The page's server, on this machine alone. */
export interface PageServer extends AsyncDisposable {
  /** The page's address. */
  readonly url: string;
  /** Resolves when it has ended. */
  readonly finished: Promise<void>;
}

/**
 * Serves the page's files on 127.0.0.1, to pages of this very address alone.
 * @param port the port; 0 takes a free one
 */
export function servePage(files: ReadonlyMap<string, PageFile>, port: number): PageServer {
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, (request) => {
    const { pathname, hostname } = new URL(request.url), file = files.get(pathname);
    // Another name for this machine's address would let a page from elsewhere in.
    if (hostname !== "127.0.0.1" && hostname !== "localhost") return refusal(403, "no such host");
    if (request.method !== "GET" && request.method !== "HEAD") {
      return refusal(405, "files are only read here");
    }
    if (file === undefined) return refusal(404, "no such file");
    return new Response(request.method === "HEAD" ? null : file.bytes, {
      headers: { ...HEADERS, "content-type": file.type },
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    finished: server.finished,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const HEADERS = {
  "content-security-policy": PAGE_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
};

function refusal(status: number, why: string): Response {
  return new Response(why, { status, headers: HEADERS });
}
