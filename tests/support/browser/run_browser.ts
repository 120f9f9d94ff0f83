/**
 * `deno task test:browser [FILE…]`: the goldens, and what a page does, in headless Chromium, on WebGPU and
 * SIMD: another compiler of shaders and another driver than Deno's. By default a call or two of each golden;
 * with VITRAIL_GOLDENS=all every call. The page of `deno task page` is used, too. The last line counts the
 * tests.
 *
 * @module
 */

import { bundle } from "../../../src/tasks/bundle/bundle.ts";
import { BROWSER_ENTRIES } from "../../../src/tasks/bundle/browser_entries.ts";
import { tallyText } from "../../../src/tasks/tally.ts";
import { bundleTests } from "../bundled/bundle_tests.ts";
import { EVERY_CALL, GOLDEN_FILES } from "../bundled/golden_files.ts";
import { ReportTally } from "../bundled/report_tally.ts";
import { ensureChromium, startChromium } from "./chromium.ts";
import { type Served, servePages } from "./page_server.ts";
import { usePage } from "./use_page.ts";

const ROOT = new URL("../../../", import.meta.url);

/** Tests of a page alone. */
const CHECKS = ["tests/browser/page_checks.ts", "tests/browser/sessions_checks.ts"];

/** The longest that a page may say nothing, ms. */
const SILENCE = 120_000;

const out = new URL("out/browser/", ROOT);
const tally = new ReportTally("Chromium", Deno.args.length > 0 ? [] : ["simd", "webgpu"]);

/** Runs a page to its end, and counts its tests. */
async function runPage(program: string, page: string): Promise<void> {
  const ended = Promise.withResolvers<string | undefined>(), start = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => ended.resolve(`it said nothing for ${SILENCE / 1000} s`), SILENCE);
  };
  const served: Served[] = [
    ["/out/", out],
    ["/tests/", new URL("tests/", ROOT)],
    ["/onnxruntime/", await onnxRuntimeFolder()],
  ];
  await using server = servePages(served, (report) => {
    listen();
    if (tally.take(report)) ended.resolve(undefined);
  });
  listen();
  const query = EVERY_CALL ? "?VITRAIL_GOLDENS=all" : "";
  await using chromium = await startChromium(program, `${server.origin}/${page}.html${query}`);
  const why = await Promise.race([ended.promise, chromium.ended.then((said) => `Chromium ended: ${said}`)]);
  clearTimeout(timer);
  if (why !== undefined) tally.fail(`the page ${page}`, why);
  console.log(`${page}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Returns the folder of ONNX Runtime's modules and WebAssembly, in Deno's cache of packages. */
async function onnxRuntimeFolder(): Promise<URL> {
  const name = "npm:onnxruntime-web@1.30.0/webgpu";
  await import(name); // fetches it: 40 MB, which nothing but its tests should cost anyone
  return new URL(".", import.meta.resolve(name));
}

const program = await ensureChromium();
if (program === undefined) tally.failed++;
else {
  await bundle({ entries: BROWSER_ENTRIES, runtime: "browser", out: out.pathname });
  const files = Deno.args.length > 0 ? Deno.args : [...CHECKS, ...GOLDEN_FILES];
  await bundleTests(files, out.pathname, "browser");
  await runPage(program, "tests");
  if (Deno.args.length === 0) await usePage(program, (report) => tally.take(report));
}
console.log(tallyText(tally));
Deno.exit(tally.failed > 0 ? 1 : 0);
