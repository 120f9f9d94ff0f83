import { assertEquals } from "@std/assert";
import { runBundled } from "./bundled_tests.ts";
import type { PageReport } from "./report.ts";
import { ReportTally } from "./report_tally.ts";

/** Returns what a tally of two executors counts of reports, which it prints nowhere. */
function counted(reports: readonly PageReport[]): { passed: number; failed: number } {
  const { log } = console;
  console.log = () => {};
  try {
    const tally = new ReportTally("Here", ["simd", "webgpu"]);
    for (const report of reports) tally.take(report);
    return { passed: tally.passed, failed: tally.failed };
  } finally {
    console.log = log;
  }
}

Deno.test("ReportTally fails for each executor that checked no call", () => {
  const simd = { calls: 3, equal: 3 }, none = { calls: 0, equal: 0 };
  assertEquals(counted([{ name: "a" }, { calls: { simd, webgpu: simd } }]), { passed: 1, failed: 0 });
  assertEquals(counted([{ name: "a" }, { calls: { simd, webgpu: none } }]), { passed: 1, failed: 1 });
  assertEquals(counted([{ name: "a" }, { calls: {} }]), { passed: 1, failed: 2 });
});

Deno.test("runBundled fails where no test was registered", async () => {
  const reports: PageReport[] = [];
  await runBundled(new Map(), (line) => void reports.push(line));
  assertEquals(reports, [{ name: "a bundle of tests", failure: "there is no test in it" }, { calls: {} }]);
});
