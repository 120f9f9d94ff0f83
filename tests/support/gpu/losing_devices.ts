/**
 * The devices that were opened meanwhile, and those that were destroyed. They are counted and not kept: a
 * device's memory, megabytes on llvmpipe, is free once nobody holds it.
 */
export interface LosingDevices extends Disposable {
  opened: number;
  destroyed: number;
  /** The calls of WebGPU that were made on all of them. */
  calls: number;
  /**
   * Has devices be lost from now on, and forgets what was asked before.
   * @param after the calls after which a device is destroyed, counted from now on, or from its opening
   */
  lose(...after: number[]): void;
  /** True where no adapter gives a device any more. */
  refuses: boolean;
}

/** The methods whose calls are points at which a device can be lost. */
const METHODS = ["createBuffer", "createTexture", "createBindGroup", "createCommandEncoder", "popErrorScope"];
const OF_QUEUE = ["submit", "writeBuffer", "writeTexture"];
const OF_BUFFER = ["mapAsync", "getMappedRange", "unmap"];

/** Has `of` tell `before` of each call of some methods. Returns what undoes it. */
// deno-lint-ignore no-explicit-any
function watch(of: any, methods: readonly string[], before: () => void): () => void {
  const own = methods.map((name) => [name, of[name]] as const);
  for (const [name, method] of own) {
    of[name] = function (...args: unknown[]) {
      before();
      return method.apply(this, args);
    };
  }
  return () => {
    for (const [name, method] of own) of[name] = method;
  };
}

/** Watches devices from their opening, and loses them where it is told to, until it is disposed of. */
export function losingDevices(): LosingDevices {
  const { requestDevice } = GPUAdapter.prototype;
  let losses: number[] = [], left = Infinity, last: GPUDevice | undefined; // until it is lost
  const count = () => {
    devices.calls++;
    if (last === undefined) return;
    if (left === Infinity && losses.length > 0) left = losses.shift()!;
    if (left-- > 0) return;
    left = Infinity;
    const lost = last;
    last = undefined;
    lost.destroy();
  };
  const unwatch = watch(GPUBuffer.prototype, OF_BUFFER, count);
  const devices: LosingDevices = {
    opened: 0,
    destroyed: 0,
    calls: 0,
    refuses: false,
    lose(...after) {
      losses = after;
      left = Infinity;
    },
    [Symbol.dispose]() {
      GPUAdapter.prototype.requestDevice = requestDevice;
      unwatch();
    },
  };
  GPUAdapter.prototype.requestDevice = async function (...args) {
    if (devices.refuses) throw new DOMException("there is no other", "OperationError");
    const device = await requestDevice.apply(this, args), { destroy } = device;
    let isOpen = true;
    device.destroy = () => {
      if (isOpen) devices.destroyed++;
      isOpen = false;
      destroy.call(device);
    };
    watch(device, METHODS, count);
    watch(device.queue, OF_QUEUE, count);
    devices.opened++;
    last = device;
    return device;
  };
  return devices;
}
