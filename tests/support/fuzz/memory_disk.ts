/** A disk that can be full. */
export interface Disk {
  /** The folder that lies on it. */
  folder: string;
  /** Does work while so many bytes are free, rounded to what the disk counts in. */
  within<T>(bytes: number, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

async function mounted(...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(args[0], { args: args.slice(1), stderr: "null" }).output()).success;
  } catch {
    return false; // there is no such program
  }
}

/** Returns a disk in memory; undefined where this process may not mount one. */
export async function memoryDisk(folder: string): Promise<Disk | undefined> {
  if (!await mounted("mount", "-t", "tmpfs", "-o", "size=64m", "none", folder)) return undefined;
  const resize = (bytes: number) => mounted("mount", "-o", `remount,size=${bytes}`, folder);
  return {
    folder,
    async within(bytes, work) {
      await resize(Math.max(4096, bytes));
      try {
        return await work();
      } finally {
        await resize(2 ** 26);
      }
    },
    close: async () => void await mounted("umount", folder),
  };
}
