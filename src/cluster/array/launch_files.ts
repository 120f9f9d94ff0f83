import { composeLaunch } from "./compose_launch.ts";
import type { Launch } from "./launch.ts";
import { kubernetesLaunch } from "./kubernetes_launch.ts";
import { slurmLaunch } from "./slurm_launch.ts";

/** The maker of the file of a launch, by its launcher. */
export const LAUNCH_FILES: Readonly<Record<string, (launch: Launch) => string>> = {
  slurm: slurmLaunch,
  kubernetes: kubernetesLaunch,
  compose: composeLaunch,
};
