/** The GPU's complaint about some work, or null where it has none. It resolves when the GPU knows. */
export type Complaint = Promise<GPUError | null>;

/**
 * Opens error scopes: complaints about what comes now, shortage of memory included, go to whoever closes
 * them.
 */
export function pushScopes(device: GPUDevice): void {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
}

/** Closes the scopes that were opened last, and returns their complaints. */
export function popScopes(device: GPUDevice): Complaint[] {
  return [device.popErrorScope(), device.popErrorScope()];
}

/** Waits for all complaints, and returns the first that there is. */
export async function firstComplaint(complaints: readonly Complaint[]): Promise<GPUError | undefined> {
  return (await Promise.all(complaints)).find((error) => error !== null) ?? undefined;
}

/** Time in which a device that was lost has said so after work on it failed, ms. */
const SAYS_SO = 200;

/** Returns whether a device is lost. It may say so only a little after work on it has failed. */
export async function isLost(device: GPUDevice): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(resolve, SAYS_SO, false));
  const lost = await Promise.race([device.lost.then(() => true), late]);
  clearTimeout(timer);
  return lost;
}
