import { withoutPassword } from "../../../cluster/queue/queue_address.ts";
import { countText } from "../../../report/amounts.ts";
import type { SetPlan } from "../../../sft/set/set_plan.ts";
import type { Arguments } from "../../flags/arguments.ts";
import { INTERRUPTED } from "../../interruption.ts";
import { commandText } from "../command_text.ts";
import { print, type Terminal } from "../terminal.ts";
import { reportText, type SftReport, skippedText } from "./sft_report.ts";

/**
 * Says what is kept of work that was interrupted, and how it goes on; returns the exit status.
 * @param counts how many shards are whole, and how many there are; absent while that is being planned
 */
export function reportStopped(
  args: Arguments,
  terminal: Terminal,
  out: string,
  counts?: { readonly whole: number; readonly shards: number },
): number {
  const command = commandText("sft", args.given.map(withoutPassword));
  const { whole, shards } = counts ?? { whole: null, shards: null };
  print(terminal, args.on("json"), { stopped: true, out, whole, shards, command }, () => {
    const kept = counts === undefined
      ? "stopped while planning: no shard was made; earlier ones are kept. To start again:"
      : `stopped: ${whole} of ${
        countText(counts.shards, "shard")
      } are whole in ${out}; this goes on from there:`;
    return `${kept}\n  ${command}`;
  });
  return INTERRUPTED;
}

/** Prints the report of a set, as JSON or for people. */
export function reportSet(
  args: Arguments,
  terminal: Terminal,
  summary: SftReport,
  skipped: SetPlan["skipped"],
): void {
  if (!args.on("json") && !summary.dryRun) {
    for (const line of skippedText(skipped)) terminal.err(line);
  }
  const document = { recipe: args.text("recipe"), ...summary, skippedSamples: skipped };
  print(terminal, args.on("json"), document, () => reportText(summary));
}
