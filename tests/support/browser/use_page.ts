import { fileURLToPath } from "node:url";
import { pageFiles } from "../../../src/tasks/page/page_files.ts";
import { servePage } from "../../../src/tasks/page/page_server.ts";
import { PAGE_USES } from "../../browser/page_use.ts";
import { Driver } from "./driver.ts";
import type { PageReport } from "../bundled/report.ts";

/** The ways in which the page is used. */
export interface PageUseOptions {
  /** The times that all of it is done, each in a Chromium of its own. */
  readonly times: number;
  /** The times that the page's processor is to seem slower than it is. */
  readonly slowed: number;
}

/**
 * Uses the page of `deno task page` in a Chromium, as a person does.
 * @param onReport called with the end of each use
 */
export async function usePage(
  program: string,
  { times, slowed }: PageUseOptions,
  onReport: (report: PageReport) => void,
): Promise<void> {
  const files = await pageFiles(fileURLToPath(new URL("../../../out/page/", import.meta.url)));
  await using server = servePage(files, 0);
  for (let time = 1; time <= times; time++) {
    const ending = times > 1 ? `, time ${time}` : "";
    try {
      await using driver = await Driver.open(program, server.url);
      await driver.send("Emulation.setCPUThrottlingRate", { rate: slowed });
      for (const [name, use] of PAGE_USES) {
        const start = performance.now(), failure = await use(driver).then(() => undefined, failureText);
        onReport({ name: name + ending, ...(failure && { failure }), ms: performance.now() - start });
      }
    } catch (error) {
      onReport({ name: `page opens in Chromium${ending}`, failure: failureText(error) });
    }
  }
}

function failureText(error: unknown): string {
  return error instanceof Error ? `${error.message}\n${error.stack}` : `${error}`;
}
