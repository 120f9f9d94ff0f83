import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { writeSamples } from "../../../support/sft/data_set.ts";
import { GOOD, SMALL, writePictures } from "../../../support/sft/sft_set.ts";
import { inFolder, vitrail } from "../../../support/vitrail.ts";

/** Elements that have no end. */
const VOID = ["!DOCTYPE", "meta"];

/** Fails unless the elements of a page lie in each other. */
function assertWhole(page: string): void {
  const open: string[] = [];
  for (const [, end, name] of page.matchAll(/<(\/?)([!\w]+)[^<>]*>/g)) {
    if (end) assertEquals(open.pop(), name);
    else if (!VOID.includes(name)) open.push(name);
  }
  assertEquals(open, []);
}

inFolder("sftPage is one whole page, without a script, in which names are escaped", async (folder) => {
  const root = await writePictures(folder), path = join(folder, "page.html");
  const samples = [GOOD, { ...GOOD, image: "1.png" }, { ...GOOD, id: "<b>", image: "<i>&.png" }];
  const data = await writeSamples(folder, "a&b.json", samples);
  const flags = ["sft", data, ...SMALL, "--image-root", root];
  const { status, err } = await vitrail(...flags, "--dry-run", "--html", path);
  assertEquals(status, 1, err);
  const page = await Deno.readTextFile(path);
  assertWhole(page);
  assert(!/<script|https?:|<b>|<i>/.test(page), page);
  assertStringIncludes(page, "a&amp;b.json</h1>");
  assertMatch(page, /<th scope="row">samples<\/th><td>2<\/td>/);
  assertMatch(page, /<th scope="row">4 tokens<\/th><td class="number">2 \(100\.0%\)<\/td>/);
  assertMatch(page, /<li>sample 3 of .*\(id &quot;&lt;b&gt;&quot;, line \d+\): .*&lt;i&gt;&amp;\.png/);
  assertStringIncludes((await vitrail(...flags, "--html", path)).err, "--html is the page of a dry run");
  const over = await vitrail(...flags, "--dry-run", "--html", data);
  assertStringIncludes(over.err, `--html ${data} is one of the files to be read`);
});
