/** Has `device` claim smaller limits than it has, until the result is called. */
export function claimLimits(device: GPUDevice, smaller: Record<string, number>): () => void {
  const { limits } = device;
  const claimed = new Proxy(limits, {
    get: (_, name) => Object.hasOwn(smaller, name) ? smaller[name as string] : Reflect.get(limits, name),
  });
  Object.defineProperty(device, "limits", { configurable: true, get: () => claimed });
  return () => delete (device as { limits?: unknown }).limits;
}
