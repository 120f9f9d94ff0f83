/** A GPU that does nothing, and counts the bytes that pass between it and the CPU. */
export interface NullDevice {
  /** The device, for an engine: whatever is computed on it is zeros. */
  device: GPUDevice;
  /** The bytes so far. */
  bytes: CopiedBytes;
}

/** Bytes that were copied between the CPU and a device. */
export interface CopiedBytes {
  /** Bytes that went up by `writeBuffer` and `writeTexture`. */
  up: number;
  /** Bytes that came back by `getMappedRange`. */
  down: number;
}

/** Time after which Deno settles the promise of a map, whatever the GPU does, ms. */
const MAP_SETTLES = 10;

/** A desktop GPU's limits. */
const LIMITS = {
  maxBufferSize: 2 ** 31,
  maxStorageBufferBindingSize: 2 ** 30,
  maxTextureDimension2D: 16_384,
  maxComputeWorkgroupsPerDimension: 65_535,
};

/** The name of the adapter and of its devices. */
const NAME = "a GPU that does nothing";

/** Copies bytes without being counted as one of Vitrail's copies. */
const setBytes = Uint8Array.prototype.set;

/** The memory that uploads are copied to, as wgpu does to a staging buffer; it grows to the largest. */
let uploads = new Uint8Array(2 ** 20);

/**
 * Makes a device whose work takes no time. Host calls do what Deno's do to memory: an upload is one copy, a
 * mapped range is a fresh copy of the buffer's bytes, and a map may be read at once only where the buffer
 * was mapped before. Source: Deno `ext/webgpu/buffer.rs`, `queue.rs`.
 */
export function nullDevice(): NullDevice {
  const bytes: CopiedBytes = { up: 0, down: 0 };
  const upload = (data: Uint8Array) => {
    if (uploads.length < data.length) uploads = new Uint8Array(data.length);
    setBytes.call(uploads, data);
    bytes.up += data.length;
  };
  const queue = {
    submit() {},
    onSubmittedWorkDone: settled,
    writeBuffer: (_buffer: GPUBuffer, _at: number, data: Uint8Array, from = 0, size = data.length - from) =>
      upload(data.subarray(from, from + size)),
    writeTexture(
      _to: GPUTexelCopyTextureInfo,
      data: Uint8Array,
      { offset = 0, bytesPerRow = 0 }: GPUTexelCopyBufferLayout,
      [, lines]: [number, number],
    ) {
      upload(data.subarray(offset, offset + bytesPerRow * lines));
    },
  };
  const device = {
    label: NAME,
    adapterInfo: { description: NAME },
    limits: LIMITS,
    lost: new Promise(() => {}),
    queue,
    createBuffer: (descriptor: GPUBufferDescriptor) => new NullBuffer(descriptor, bytes),
    createTexture: ({ size, format }: { size: number[]; format: GPUTextureFormat }) => ({
      width: size[0],
      height: size[1],
      format,
      createView: () => ({}),
      destroy() {},
    }),
    createShaderModule: () => ({ getCompilationInfo: () => Promise.resolve({ messages: [] }) }),
    createComputePipeline: () => ({ getBindGroupLayout: () => ({}) }),
    createBindGroup: () => ({}),
    createCommandEncoder: () => ({
      beginComputePass: () => ({ setPipeline() {}, setBindGroup() {}, dispatchWorkgroups() {}, end() {} }),
      copyBufferToBuffer() {},
      copyBufferToTexture() {},
      clearBuffer() {},
      finish: () => ({}),
    }),
    pushErrorScope() {},
    popErrorScope: () => Promise.resolve(null),
    destroy() {},
  };
  return { device: device as unknown as GPUDevice, bytes };
}

/** Resolves when Deno would. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, MAP_SETTLES));
}

/** Returns WebGPU whose one adapter gives devices that do nothing. */
export function nullGpu(): GPU {
  const info = { description: NAME }, features = new Set();
  const requestDevice = () => Promise.resolve(nullDevice().device);
  const adapter = { info, features, limits: LIMITS, requestDevice };
  return { requestAdapter: () => Promise.resolve(adapter) } as unknown as GPU;
}

/** A buffer of zeros that are only there where they can be mapped. */
class NullBuffer {
  readonly size: number;
  readonly #content: ArrayBuffer;
  #mappedBefore: boolean;
  #ranges: ArrayBuffer[] = [];

  constructor(
    { size, usage, mappedAtCreation = false }: GPUBufferDescriptor,
    readonly bytes: CopiedBytes,
  ) {
    this.size = size;
    const mappable = usage & (GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE);
    this.#content = new ArrayBuffer(mappable ? size : 0);
    new Uint8Array(this.#content).fill(1); // its pages are there, as those of a device's memory
    this.#mappedBefore = mappedAtCreation;
  }

  async mapAsync(): Promise<void> {
    await settled();
    this.#mappedBefore = true;
  }

  getMappedRange(from = 0, size = this.size - from): ArrayBuffer {
    if (!this.#mappedBefore) throw new TypeError("Deno would panic: the buffer's first map has not settled");
    // A copy that is not set to zero before, other than by `slice`.
    const range = new Uint8Array(new Uint8Array(this.#content, from, size)).buffer;
    this.bytes.down += size;
    this.#ranges.push(range);
    return range;
  }

  unmap(): void {
    for (const range of this.#ranges.splice(0)) if (!range.detached) range.transfer(0);
  }

  destroy(): void {}
}
