/** What the GPU complains of, when it knows. */
export type Complaint = Promise<GPUError | null>;

/** Opens error scopes: what fails from now on, memory included, goes to whoever closes them. */
export function pushScopes(device: GPUDevice): void {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
}

/** Closes the scopes that were opened last. */
export function popScopes(device: GPUDevice): Complaint[] {
  return [device.popErrorScope(), device.popErrorScope()];
}

/** Waits for all complaints, and gives the first. */
export async function firstComplaint(complaints: readonly Complaint[]): Promise<GPUError | undefined> {
  return (await Promise.all(complaints)).find((error) => error !== null) ?? undefined;
}
