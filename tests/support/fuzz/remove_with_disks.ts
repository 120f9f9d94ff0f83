/** The file in which Linux lists what is mounted. */
const MOUNTS = "/proc/self/mounts";

/** Removes a folder, once all disks in it are unmounted, though a program may still use them. */
export async function removeWithDisks(folder: string): Promise<void> {
  const mounts = await Deno.readTextFile(MOUNTS).catch(() => ""); // elsewhere no row mounts anything
  for (const [, place] of mounts.split("\n").map((line) => line.split(" "))) {
    if (!place?.startsWith(`${folder}/`)) continue;
    await new Deno.Command("umount", { args: ["--lazy", place] }).output();
  }
  await Deno.remove(folder, { recursive: true });
}
