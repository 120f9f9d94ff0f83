import type { PageReport } from "./report.ts";

/** The time from which on a test's is shown, ms. */
const LONG = 1000;

/** Counts what a bundle of tests reports, and prints what people should see. */
export class ReportTally {
  passed = 0;
  failed = 0;
  skipped = 0;

  /**
   * Creates a tally of the tests on one stack: `Chromium`.
   * @param executors those that must check calls of goldens there
   */
  constructor(readonly stack: string, readonly executors: readonly string[]) {}

  /** Takes a report; returns true for the last. */
  take(report: PageReport): boolean {
    if ("note" in report) console.log(report.note);
    else if ("calls" in report) {
      for (const [executor, { calls, equal }] of Object.entries(report.calls)) {
        console.log(`${this.stack}, ${executor}: ${equal} of ${calls} calls equal`);
      }
      for (const executor of this.executors) {
        const none = !report.calls[executor]?.calls;
        if (none) this.fail(`goldens in ${this.stack}`, `no call was checked by ${executor}`);
      }
      return true;
    } else if (report.failure === undefined) {
      this.passed++;
      const { name, ms = 0 } = report;
      console.log(`ok ${name}${ms < LONG ? "" : `, ${(ms / 1000).toFixed(1)} s`}`);
    } else this.fail(report.name, report.failure);
    return false;
  }

  /** Counts a failure. */
  fail(name: string, why: string): void {
    this.failed++;
    console.log(`FAILED ${name}\n${why}\n`);
  }
}
