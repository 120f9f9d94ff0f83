import { VitrailError } from "../../errors.ts";
import { EXPORT_FORMATS, exportFormat } from "../../sft/export/export_formats.ts";
import { exportSet } from "../../sft/export/export_set.ts";
import type { Command } from "../command.ts";
import { PROGRESS_FLAG } from "../flags/sft_flags.ts";
import { Interruption } from "../interruption.ts";
import { bytesText, countText } from "../../report/amounts.ts";
import { commandText } from "../output/command_text.ts";
import { ProgressReport, type ProgressStyle } from "../output/progress.ts";
import { print } from "../output/terminal.ts";

/** `vitrail export`: writes a set in another format. */
export const exportCommand: Command = {
  name: "export",
  usage: "FOLDER --to FORMAT --out FOLDER [FLAGS]",
  summary: "write the shards of vitrail sft as webdataset, parquet or MDS",
  details:
    "Each shard becomes one file, with every sample whole, or where the set has packs every pack. If " +
    "the command was stopped before it was done, give it again: it goes on from there.",
  flags: [
    {
      name: "to",
      value: "FORMAT",
      choices: EXPORT_FORMATS.map(({ name }) => name),
      text: "format of the files: webdataset (tar), parquet (for datasets) or mds (for MosaicML Streaming)",
    },
    { name: "out", value: "FOLDER", text: "folder for the files, which is theirs alone" },
    PROGRESS_FLAG,
  ],
  async perform(args, terminal) {
    const [folder] = args.rest, out = args.text("out"), format = exportFormat(args.text("to"));
    if (args.rest.length !== 1) {
      throw new VitrailError("usage", `name one folder of shards, found ${args.rest.join(", ") || "none"}`);
    }
    if (out === undefined) throw new VitrailError("usage", "--out is missing: name a folder for the files");
    const progress = new ProgressReport(terminal, args.text("progress") as ProgressStyle);
    await using _interruption = Interruption.atOnce(() => {
      progress.end();
      const command = commandText("export", args.given);
      print(
        terminal,
        args.on("json"),
        { stopped: true, out, command },
        () => `stopped: the files that are whole stay in ${out}; this goes on from there:\n  ${command}`,
      );
    });
    const { files, kept } = await exportSet(folder, format, out, (done) => {
      progress.show({ work: "exporting", things: "samples", ...done, skipped: 0 });
    });
    progress.end();
    const items = files.reduce((sum, file) => sum + file.items, 0);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    print(
      terminal,
      args.on("json"),
      { folder, to: format.name, out, items, bytes, kept, files },
      () =>
        `${out} holds ${countText(items, "item")} in ${countText(files.length, "file")} of ${format.name}, ` +
        `${bytesText(bytes)}` + (kept > 0 ? `; ${kept} of them whole before` : ""),
    );
    return 0;
  },
};
