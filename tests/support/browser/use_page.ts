import { fileURLToPath } from "node:url";
import { pageFiles } from "../../../src/tasks/page/page_files.ts";
import { servePage } from "../../../src/tasks/page/page_server.ts";
import { PAGE_USES } from "../../browser/page_use.ts";
import { Driver } from "./driver.ts";
import type { PageReport } from "../bundled/report.ts";

/**
 * Uses the page of `deno task page` in a Chromium, as a person does.
 * @param onReport called with the end of each use
 */
export async function usePage(program: string, onReport: (report: PageReport) => void): Promise<void> {
  const files = await pageFiles(fileURLToPath(new URL("../../../out/page/", import.meta.url)));
  await using server = servePage(files, 0);
  await using driver = await Driver.open(program, server.url);
  for (const [name, use] of PAGE_USES) {
    try {
      await use(driver);
      onReport({ name });
    } catch (error) {
      onReport({ name, failure: error instanceof Error ? `${error.message}\n${error.stack}` : `${error}` });
    }
  }
}
