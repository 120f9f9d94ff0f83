/**
 * `deno task test:browser [FILE…] [--page]`: the goldens, and what a page does, in headless Chromium, on
 * WebGPU and SIMD: another compiler of shaders and another driver than Deno's. By default a call or two of
 * each golden; with VITRAIL_GOLDENS=all every call. The page of `deno task page` is used, too; `--page` uses
 * the page alone, `--times N` does so N times, `--slowed N` slows its processor N times. The last line counts
 * the tests.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { messageOf } from "../../../src/errors.ts";
import { bundle } from "../../../src/tasks/bundle/bundle.ts";
import { BROWSER_ENTRIES } from "../../../src/tasks/bundle/browser_entries.ts";
import { browserSizes } from "../../../src/tasks/bundle/browser_sizes.ts";
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

const out = new URL("out/browser/", ROOT), { files, page, times, slowed } = options();
const tally = new ReportTally("Chromium", files.length > 0 || page ? [] : ["simd", "webgpu"]);

/** Returns what is asked for; where that makes no sense it says so, and ends. */
function options() {
  try {
    const { positionals, values } = parseArgs({
      args: Deno.args,
      allowPositionals: true,
      options: { page: { type: "boolean" }, times: { type: "string" }, slowed: { type: "string" } },
    });
    const { page = false, times = "1", slowed = "1" } = values;
    if (![times, slowed].every((text) => /^[1-9]\d*$/.test(text))) {
      throw "--times and --slowed take a number from 1 up";
    }
    return { files: positionals, page, times: Number(times), slowed: Number(slowed) };
  } catch (error) {
    console.error(messageOf(error));
    Deno.exit(2);
  }
}

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
  const running: Promise<void>[] = []; // at one time: uses of the page wait for it more than for a core
  if (files.length > 0 || !page) {
    const metafile = await bundle({ entries: BROWSER_ENTRIES, runtime: "browser", out: out.pathname });
    const { text, tooLarge } = await browserSizes(metafile, out.pathname);
    console.log(text);
    if (tooLarge.length === 0) tally.take({ name: "modules of a page are no larger than they may be" });
    else tally.fail("modules of a page are no larger than they may be", tooLarge.join("\n"));
    await bundleTests(files.length > 0 ? files : [...CHECKS, ...GOLDEN_FILES], out.pathname, "browser");
    running.push(runPage(program, "tests"));
  }
  if (files.length === 0 || page) {
    running.push(usePage(program, { times, slowed }, (report) => tally.take(report)));
  }
  await Promise.all(running);
}
console.log(tallyText(tally));
Deno.exit(tally.failed > 0 ? 1 : 0);
