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
