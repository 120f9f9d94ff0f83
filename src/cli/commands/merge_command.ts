import { VitrailError } from "../../errors.ts";
import { mergeSet } from "../../sft/set/merge_set.ts";
import type { Command } from "../command.ts";
import { bytesText, countText } from "../../report/amounts.ts";
import { print } from "../output/terminal.ts";

/** `vitrail merge`: joins the parts of a set. */
export const mergeCommand: Command = {
  name: "merge",
  usage: "FOLDER [FLAGS]",
  summary: "check that all shards are whole, and join the manifests of vitrail sft --shard",
  flags: [{ name: "quick", text: "check the lengths of shards only, not their checksums" }],
  async perform(args, terminal) {
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
