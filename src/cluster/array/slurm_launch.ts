import { shellText } from "./shell_text.ts";
import { CORES, type Launch, MEMORY, MERGE_MEMORY, mergeArguments, partArguments } from "./launch.ts";

/**
 * Returns a launch as a shell script, which submits an array of Slurm's, and a merge that follows when all
 * tasks have ended well, and is cancelled when one has not.
 */
export function slurmLaunch(launch: Launch): string {
  const { parts, folder, program, gpu } = launch, ids = parts === 1 ? "0" : `0-${parts - 1}`;
  const where = `--chdir=${shellText([folder])}`;
  const part = ["exec", shellText([...program, ...partArguments(launch, `auto/${parts}`)])].join(" ");
  const merge = ["exec", shellText([...program, ...mergeArguments(launch)])].join(" ");
  const end = endOf([part, merge]);
  return [
    "#!/bin/sh",
    `# Makes a training set by an array of Slurm's, then merges it. Submit it by: sh FILE`,
    "# Tasks that are killed or requeued go on. To make some parts alone again: ARRAY=3,7 sh FILE",
    "set -eu",
    `parts=$(sbatch --parsable --job-name=vitrail-sft --array="\${ARRAY:-${ids}}" ${where} \\`,
    `  --requeue --open-mode=append --ntasks=1 --cpus-per-task=${CORES} --mem=${MEMORY}G` +
    `${gpu ? " --gpus-per-task=1" : ""} <<'${end}'`,
    "#!/bin/sh",
    part,
    end,
    ")",
    `merge=$(sbatch --parsable --job-name=vitrail-merge --dependency="afterok:\${parts%%;*}" ${where} \\`,
    `  --kill-on-invalid-dep=yes --requeue --ntasks=1 --mem=${MERGE_MEMORY}G <<'${end}'`,
    "#!/bin/sh",
    merge,
    end,
    ")",
    'echo "array $parts, merge $merge"',
  ].join("\n");
}

/** Returns a word that ends a text in the shell, since it is none of the text's lines. */
function endOf(texts: readonly string[]): string {
  const lines = new Set(texts.flatMap((text) => text.split("\n")));
  let end = "END";
  while (lines.has(end)) end += "_";
  return end;
}
