import { VitrailError } from "../../errors.ts";
import { mergeSet } from "../../sft/set/merge_set.ts";
import type { Command } from "../command.ts";
import { print } from "../output/output.ts";
import { countText } from "../output/plan_report.ts";
import { bytesText } from "../output/sft_report.ts";

/** `vitrail merge`: the parts of a set to one. */
export const mergeCommand: Command = {
  name: "merge",
  usage: "FOLDER [--quick]",
  summary: "join the manifests that vitrail sft --shard wrote, once every shard is there and whole",
  flags: [{ name: "quick", text: "compare lengths only, not checksums" }],
  async run(args, terminal) {
    const [folder] = args.rest;
    if (args.rest.length !== 1) {
      throw new VitrailError("usage", `name one folder of shards, found ${args.rest.join(", ") || "none"}`);
    }
    const { totals, shards } = await mergeSet(folder, !args.on("quick"));
    const { samples, pictures, tiles, bytes, skipped } = totals;
    print(
      terminal,
      args.on("json"),
      { folder, shards: shards.length, ...totals },
      () =>
        `${folder} is whole: ${countText(shards.length, "shard")}, ${countText(samples, "sample")}, ` +
        `${countText(pictures, "picture")}, ${countText(tiles, "tile")}, ` +
        `${skipped} skipped, ${bytesText(bytes)}; ${args.on("quick") ? "lengths" : "checksums"} compared`,
    );
    return 0;
  },
};
