import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { launchedPart } from "../../../src/cluster/array/launchers.ts";
import { VitrailError } from "../../../src/errors.ts";
import { writePicture, writeSamples } from "../../support/sft/data_set.ts";
import { GOOD, SMALL } from "../../support/sft/sft_set.ts";
import { inFolder, vitrail } from "../../support/vitrail.ts";

/** The variables of a task of Slurm's array, from its id and `MIN-MAX:STEP`, of `count` tasks. */
function array(id: number, [min, max, step, count]: readonly number[]): Record<string, string> {
  const named = { ID: id, MIN: min, MAX: max, STEP: step, COUNT: count };
  return Object.fromEntries(
    Object.entries(named).map(([name, value]) => [`SLURM_ARRAY_TASK_${name}`, `${value}`]),
  );
}

/** Every way in which a part is given: the environment, the N of `auto/N`, the part, the launcher. */
const GIVEN: readonly [Record<string, string>, number | undefined, [number, number], string][] = [
  [array(2, [0, 7, 1, 8]), undefined, [3, 8], "Slurm's array"],
  [array(1, [1, 8, 1, 8]), undefined, [1, 8], "Slurm's array"],
  [array(14, [2, 14, 4, 4]), undefined, [4, 4], "Slurm's array"],
  [array(5, [5, 5, 1, 1]), undefined, [1, 1], "Slurm's array"],
  [array(7, [3, 7, 1, 2]), 8, [8, 8], "Slurm's array"], // parts 4 and 8 are made again
  [{ ...array(2, [0, 7, 1, 8]), SLURM_PROCID: "0", SLURM_STEP_NUM_TASKS: "1" }, 8, [3, 8], "Slurm's array"],
  [{ ...array(2, [0, 7, 1, 8]), SLURM_PROCID: "0", SLURM_NTASKS: "4" }, undefined, [3, 8], "Slurm's array"],
  [{ JOB_COMPLETION_INDEX: "7" }, 8, [8, 8], "Kubernetes' indexed Job"],
  [{ RANK: "3", WORLD_SIZE: "4" }, undefined, [4, 4], "torchrun"],
  [{ RANK: "3", WORLD_SIZE: "4" }, 4, [4, 4], "torchrun"],
  [{ RANK: "0", WORLD_SIZE: "1" }, undefined, [1, 1], "torchrun"],
  [{ JOB_COMPLETION_INDEX: "1", RANK: "2", WORLD_SIZE: "4" }, undefined, [3, 4], "torchrun"],
  [{ JOB_COMPLETION_INDEX: "1", RANK: "0", WORLD_SIZE: "4" }, 4, [1, 4], "torchrun"],
  [{ JOB_COMPLETION_INDEX: "5", RANK: "0", WORLD_SIZE: "1" }, 8, [6, 8], "Kubernetes' indexed Job"],
  [{ OMPI_COMM_WORLD_RANK: "0", OMPI_COMM_WORLD_SIZE: "2" }, undefined, [1, 2], "Open MPI"],
  [
    { PMI_RANK: "1", PMI_SIZE: "2", SLURM_PROCID: "1", SLURM_STEP_NUM_TASKS: "2" },
    undefined,
    [2, 2],
    "MPICH",
  ],
  [{ SLURM_PROCID: "15", SLURM_STEP_NUM_TASKS: "16" }, undefined, [16, 16], "Slurm's srun"],
];

/** Environments that are refused: with the N of `auto/N`, and a part of the message. */
const REFUSED: readonly [Record<string, string>, number | undefined, string][] = [
  [{}, undefined, "finds no launcher: none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, RANK, "],
  [{ RANK: "3" }, undefined, "RANK is set, and WORLD_SIZE is not; start it by torchrun, or give"],
  [{ PMI_SIZE: "3" }, 3, "PMI_SIZE is set, and PMI_RANK is not"],
  [array(3, [0, 7, 1, 3]), undefined, "gaps that Slurm does not tell of: give --shard auto/N"],
  [array(8, [1, 8, 1, 8]), 8, "ids are 1 to 8, and --shard auto/8 takes 0 to 7: give sbatch --array=0-7"],
  [array(4, [0, 8, 3, 3]), undefined, "gaps"], // an id that is none of its array's
  [array(4, [0, 8, 0, 3]), undefined, "gaps"],
  [{ SLURM_ARRAY_TASK_ID: "0" }, undefined, 'SLURM_ARRAY_TASK_MIN is "", which is no whole number'],
  [
    { SLURM_PROCID: "0", SLURM_NTASKS: "4" }, // what sbatch --ntasks=4 starts itself
    undefined,
    "SLURM_PROCID is set, and SLURM_STEP_NUM_TASKS is not; start it by Slurm's srun, or give --shard I/N",
  ],
  [
    { JOB_COMPLETION_INDEX: "6", RANK: "0", WORLD_SIZE: "4" },
    undefined,
    "torchrun has 4 processes (RANK=0, WORLD_SIZE=4), and Kubernetes' indexed Job more pods",
  ],
  [{ JOB_COMPLETION_INDEX: "6", RANK: "0", WORLD_SIZE: "1" }, undefined, "the Job's completions"],
  [{ JOB_COMPLETION_INDEX: "2" }, undefined, "give --shard auto/N, where N is the Job's completions"],
  [{ JOB_COMPLETION_INDEX: "8" }, 8, "the Job's completions are to be 8"],
  [{ RANK: "-1", WORLD_SIZE: "4" }, undefined, 'RANK is "-1", which is no whole number from 0 on'],
  [{ RANK: "4", WORLD_SIZE: "4" }, undefined, "RANK is 4, and WORLD_SIZE 4; numbers are counted from 0"],
  [{ RANK: "1", WORLD_SIZE: "9007199254740993" }, undefined, "is no whole number"],
  [
    { RANK: "1", WORLD_SIZE: "4" },
    8,
    "--shard auto/8 is of 8 parts, and torchrun has 4 (RANK=1, WORLD_SIZE=4)",
  ],
  [
    { RANK: "1", WORLD_SIZE: "4", SLURM_PROCID: "0", SLURM_STEP_NUM_TASKS: "2" },
    undefined,
    "torchrun gives part 2 of 4 (RANK=1, WORLD_SIZE=4), and Slurm's srun gives part 1 of 2 " +
    "(SLURM_PROCID=0, SLURM_STEP_NUM_TASKS=2); say which by --shard I/N",
  ],
];

Deno.test("launchedPart finds the part that each launcher gives", () => {
  for (const [variables, parts, part, launcher] of GIVEN) {
    const found = launchedPart((name) => variables[name], parts);
    assertEquals([found.part, found.launcher], [part, launcher], JSON.stringify(variables));
  }
});

Deno.test("launchedPart refuses what is no part, in one line that says what to do", () => {
  for (const [variables, parts, message] of REFUSED) {
    const error = assertThrows(() => launchedPart((name) => variables[name], parts), VitrailError, message);
    assertEquals([error.code, error.message.includes("\n")], ["usage", false]);
  }
});

Deno.test("launchedPart gives the tasks of an array every part once", () => {
  for (const [min, step, count] of [[0, 1, 5], [3, 1, 4], [1, 7, 3]]) {
    const range = [min, min + (count - 1) * step, step, count];
    const parts = Array.from({ length: count }, (_, index) => {
      const variables = array(min + index * step, range);
      return launchedPart((name) => variables[name]).part;
    });
    assertEquals(parts, Array.from({ length: count }, (_, index) => [index + 1, count]));
  }
});

inFolder(
  "vitrail sft --shard auto makes the part of its environment, and says which it took",
  async (folder) => {
    await writePicture(folder, "0.png", { kind: "mix", w: 30, h: 50 });
    const samples = [0, 1, 2].map((id) => ({ ...GOOD, id }));
    const data = await writeSamples(folder, "data.json", samples);
    const asked = ["sft", data, ...SMALL, "--image-root", folder, "--shard-size", "1samples", "--dry-run"];
    const launched: Record<string, string> = { PMI_RANK: "1", PMI_SIZE: "2" };
    for (const [name, value] of Object.entries(launched)) Deno.env.set(name, value);
    try {
      const { out, err } = await vitrail(...asked, "--shard", "auto", "--json");
      const { shards, part } = JSON.parse(out);
      assertEquals([shards, part], [1, { i: 2, n: 2, launcher: "MPICH", from: "PMI_RANK=1, PMI_SIZE=2" }]);
      assertEquals(err, "");
      assertStringIncludes(
        (await vitrail(...asked, "--shard", "auto/2")).err,
        "part 2 of 2, by MPICH (PMI_RANK=1",
      );
    } finally {
      for (const name of Object.keys(launched)) Deno.env.delete(name);
    }
  },
);
