import type { ExecutorName } from "../../../engine/executor.ts";
import { type Markup, markup } from "../../../report/markup.ts";
import type { Checked } from "../work/page_work.ts";
import { numberText, timeText } from "./results_view.ts";

/** The names of executors that are checked, as people know them, in order. */
export const CHECKED_EXECUTORS: Partial<Record<ExecutorName, string>> = { webgpu: "WebGPU", simd: "SIMD" };

/** The result of an executor's check, or the reason why there is none; absent before it has ended. */
export type Checks = { [Name in ExecutorName]?: Checked | string };

/** Returns the executors with their times, and their differences to the reference. */
export function checksView(checks: Checks): Markup {
  const rows = Object.entries(CHECKED_EXECUTORS).map(([executor, name]) => {
    const found = checks[executor as ExecutorName];
    if (found === undefined) {
      return markup`<tr><th scope="row">${name}</th><td colspan="3" class="wait">is computing…</td></tr>`;
    }
    if (typeof found === "string") {
      return markup`<tr><th scope="row">${name}</th><td colspan="3" class="wide">${found}</td></tr>`;
    }
    const { description, first, again, verification: { elements, mismatches } } = found;
    const equal = mismatches === 0;
    return markup`<tr><th scope="row">${name}<small>${description}</small></th>
<td>${timeText(first)}</td><td>${timeText(again)}</td>
<td class="${equal ? "good" : "bad"}">${numberText(mismatches)} of ${numberText(elements)}</td></tr>`;
  });
  return markup`<h2>Executors</h2>
<table><thead><tr><th scope="col">executor</th><th scope="col">first</th><th scope="col">again</th>
<th scope="col">differ from the reference</th></tr></thead>
<tbody>
${rows}
</tbody></table>
<p class="hint">Times from files to tensors, decoding included; the first one with opening the executor.</p>`;
}
