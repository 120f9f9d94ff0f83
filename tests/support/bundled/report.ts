/** A line of a page's report. */
export type PageReport =
  /** A test's end, and the time that it took, ms: it passed where there is no failure. */
  | { name: string; failure?: string; ms?: number }
  /** A line for people. */
  | { note: string }
  /** The end of all tests, with the calls of goldens that were checked, by executor. */
  | { calls: Record<string, CheckedCalls> };

/** Calls of goldens that were checked. */
export interface CheckedCalls {
  calls: number;
  equal: number;
}

/** Tells the server of a page something. */
export async function report(line: PageReport): Promise<void> {
  await fetch("/report", { method: "POST", body: JSON.stringify(line) });
}
