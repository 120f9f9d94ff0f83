import { contentType } from "./content_type.ts";
import type { PageReport } from "../bundled/report.ts";

/** A server of pages, on this machine alone. */
export interface PageServer extends AsyncDisposable {
  /** Its address, with no path. */
  readonly origin: string;
}

/** A folder that is served: the path's beginning, and where it lies. */
export type Served = readonly [path: string, folder: URL];

/**
 * Serves folders, and takes the reports of pages. `/NAME.html` is a page that runs `/out/NAME.js`.
 * @param onReport called with each report
 */
export function servePages(folders: readonly Served[], onReport: (report: PageReport) => void): PageServer {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/report") {
      onReport(await request.json());
      return new Response();
    }
    const [, page] = /^\/(\w+)\.html$/.exec(pathname) ?? [];
    if (page !== undefined) return pageOf(page);
    const served = folders.find(([path]) => pathname.startsWith(path));
    return served ? await fileOf(new URL(pathname.slice(served[0].length), served[1])) : notFound();
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Returns a page that runs one module, and reports why it cannot. */
function pageOf(name: string): Response {
  const text = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>${name}</title>
<script>
  const tell = (what) =>
    fetch("/report", { method: "POST", body: JSON.stringify({ name: "the page", failure: String(what) }) });
  addEventListener("error", (event) => tell(event.message));
  addEventListener("unhandledrejection", (event) => tell(event.reason?.stack ?? event.reason));
</script>
<script type="module" src="/out/${name}.js"></script>`;
  return new Response(text, { headers: { "content-type": "text/html; charset=utf-8" } });
}

/** Returns a file, or a folder's entries. */
async function fileOf(url: URL): Promise<Response> {
  try {
    if ((await Deno.stat(url)).isDirectory) {
      return Response.json(await Array.fromAsync(Deno.readDir(url)));
    }
    return new Response(await Deno.readFile(url), { headers: { "content-type": contentType(url) } });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return notFound();
    throw error;
  }
}

function notFound(): Response {
  return new Response("no such file", { status: 404 });
}
