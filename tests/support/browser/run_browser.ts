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
import { bundleTests } from "./bundle_tests.ts";
import { ensureChromium, startChromium } from "./chromium.ts";
import { type Served, servePages } from "./page_server.ts";
import type { PageReport } from "./report.ts";
import { usePage } from "./use_page.ts";

const ROOT = new URL("../../../", import.meta.url);

/** The modules of a page; goldens of each family, of clips and of recipes of our own, by every kernel. */
const GOLDENS = [
  "tests/browser/page_checks.ts",
  "tests/engine/article_golden_test.ts",
  "tests/engine/resize_golden_test.ts",
  "tests/engine/splice/splice_golden_test.ts",
  "tests/recipes/families/goldens/tf517_torchvision_golden_test.ts",
  "tests/recipes/families/videos_golden_test.ts",
  "tests/recipes/modes_golden_test.ts",
  "tests/recipes/tiled/ixc_golden_test.ts",
  "tests/recipes/torch_golden_test.ts",
  "tests/recipes/torch_resize_golden_test.ts",
];

/** Other goldens of the same families, which are run where every call is asked for. */
const MORE_GOLDENS = [
  "tests/recipes/families/goldens/hf_golden_test.ts",
  "tests/recipes/families/goldens/tf517_cuda_golden_test.ts",
  "tests/recipes/families/goldens/tf517_pil_golden_test.ts",
  "tests/text/cross_attention_golden_test.ts",
  "tests/text/positions/position_ids_golden_test.ts",
];

/** Says that every call of every golden is checked. */
const EVERY_CALL = Deno.env.get("VITRAIL_GOLDENS") === "all";

/** The longest that a page may say nothing, ms. */
const SILENCE = 120_000;

const out = new URL("out/browser/", ROOT), tally = { passed: 0, failed: 0, skipped: 0 };

/** Runs a page to its end, and counts its tests. */
async function runPage(program: string, page: string): Promise<void> {
  const ended = Promise.withResolvers<string | undefined>(), start = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => ended.resolve(`it said nothing for ${SILENCE / 1000} s`), SILENCE);
  };
  const served: Served[] = [["/out/", out], ["/tests/", new URL("tests/", ROOT)]];
  await using server = servePages(served, (report) => {
    listen();
    if (take(report)) ended.resolve(undefined);
  });
  listen();
  const query = EVERY_CALL ? "?VITRAIL_GOLDENS=all" : "";
  await using chromium = await startChromium(program, `${server.origin}/${page}.html${query}`);
  const why = await Promise.race([ended.promise, chromium.ended.then((said) => `Chromium ended: ${said}`)]);
  clearTimeout(timer);
  if (why !== undefined) fail(`the page ${page}`, why);
  console.log(`${page}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Takes a page's report; returns true for its last. */
function take(report: PageReport): boolean {
  if ("note" in report) console.log(report.note);
  else if ("calls" in report) {
    for (const [executor, { calls, equal }] of Object.entries(report.calls)) {
      console.log(`${executor}: ${calls} calls of goldens, ${equal} equal`);
    }
    return true;
  } else if (report.failure === undefined) tally.passed++;
  else fail(report.name, report.failure);
  return false;
}

function fail(name: string, why: string): void {
  tally.failed++;
  console.log(`FAILED ${name}\n${why}\n`);
}

const program = await ensureChromium();
if (program === undefined) tally.failed++;
else {
  await bundle({ entries: BROWSER_ENTRIES, runtime: "browser", out: out.pathname });
  const files = EVERY_CALL ? [...GOLDENS, ...MORE_GOLDENS] : GOLDENS;
  await bundleTests(Deno.args.length > 0 ? Deno.args : files, out.pathname);
  await runPage(program, "tests");
  if (Deno.args.length === 0) await usePage(program, take);
}
console.log(tallyText(tally));
Deno.exit(tally.failed > 0 ? 1 : 0);
