import { resolve } from "node:path";
import { VitrailError } from "../../errors.ts";
import type { Launch } from "./launch.ts";

/** A folder of this machine's that a container gets under the same path. */
export interface ContainerFolder {
  readonly path: string;
  /** True where it is made if it is not there: the shards' folder, where no other folder holds it. */
  readonly made: boolean;
}

/**
 * Returns the folders that the containers of a launch get.
 * @throws {VitrailError} `usage` for `/`, which would hide all that the container's image has.
 */
export function containerFolders({ mounted, folder, out }: Launch): ContainerFolder[] {
  if (!mounted.includes("/")) return mounted.map((path) => ({ path, made: path === resolve(folder, out) }));
  throw new VitrailError(
    "usage",
    "a container cannot have this machine's / in the place of its own: run the command in another folder, " +
      "and put the files that it names into folders",
  );
}
