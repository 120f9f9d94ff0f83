/**
 * `deno task page [--port N]`: serves a page that shows what a model sees of pictures, on this machine alone,
 * until Ctrl-C.
 *
 * @module
 */

import { join } from "node:path";
import { ROOT } from "../bundle/bundle.ts";
import { pageFiles } from "./page_files.ts";
import { servePage } from "./page_server.ts";

/** The port where none is asked for. */
const PORT = 8017;

/** Returns the port that the arguments ask for; undefined where they make no sense. */
function portOf(args: readonly string[]): number | undefined {
  const [, value] = /^--port[= ](\d+)$/.exec(args.join(" ")) ?? [, args.length === 0 ? PORT : NaN];
  const port = Number(value);
  return Number.isInteger(port) && port < 65536 ? port : undefined;
}

const port = portOf(Deno.args);
if (port === undefined) {
  console.error(`page: --port N is all that it takes, found ${Deno.args.join(" ")}`);
  Deno.exit(2);
}
const files = await pageFiles(join(ROOT, "out/page/"));
try {
  const { url, finished } = servePage(files, port);
  console.log(`${url} shows what a model sees; Ctrl-C ends it`);
  await finished;
} catch (error) {
  if (!(error instanceof Deno.errors.AddrInUse)) throw error;
  console.error(`page: port ${port} is taken; choose another with --port N, or a free one with --port 0`);
  Deno.exit(1);
}
