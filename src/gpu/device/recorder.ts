import type { GpuContext } from "./context.ts";
import { type Complaint, popScopes, pushScopes } from "./error_scopes.ts";
import type { KernelName } from "./kernels.ts";
import { type BufferKind, type PixelFormat, textureBytes } from "./pool.ts";
import type { SubmitQueue } from "./submit_queue.ts";

/** One binding of a dispatch: a buffer, a part of one, or a texture. */
export type Binding = GPUBuffer | GPUBufferBinding | GPUTexture;

/** Most bytes of a dispatch's uniform struct. */
const UNIFORM = 256;

/**
 * Records dispatches into one command buffer, or several where what they take from the pool would be more than `limit`
 * bytes. Uniforms gather in one buffer; what the work takes from the pool goes back when it is submitted.
 */
export class Recorder {
  readonly #earlier: Promise<Complaint[]>[] = [];
  #encoder: GPUCommandEncoder;
  readonly #commands: { data: ArrayBuffer; bind: (buffer: GPUBuffer, offset: number) => void }[] = [];
  readonly #taken: (() => void)[] = [];
  #takenBytes = 0;

  /** An empty recording; GPU errors in it surface when it is submitted. */
  constructor(readonly context: GpuContext, readonly limit = context.memory / 2) {
    this.#encoder = this.#begin();
  }

  #begin(): GPUCommandEncoder {
    pushScopes(this.device);
    return this.device.createCommandEncoder();
  }

  /** Submits what there is where it has taken more than the limit, and goes on recording. */
  submitIfLarge(): void {
    if (this.#takenBytes < this.limit) return;
    this.#earlier.push(this.#submitRest());
    this.#encoder = this.#begin();
  }

  /** The device recorded for. */
  get device(): GPUDevice {
    return this.context.device;
  }

  /** A pooled texture for this recording alone. */
  texture(width: number, height: number, format?: PixelFormat): GPUTexture {
    const texture = this.context.pool.takeTexture(width, height, format);
    this.#takenBytes += textureBytes(texture);
    this.#taken.push(() => this.context.pool.giveTexture(texture));
    return texture;
  }

  /** A pooled buffer for this recording alone. */
  buffer(kind: BufferKind, bytes: number): GPUBuffer {
    const buffer = this.context.pool.takeBuffer(kind, bytes);
    this.#takenBytes += buffer.size;
    this.#taken.push(() => this.context.pool.giveBuffer(kind, buffer));
    return buffer;
  }

  /** Records a dispatch; the uniform struct's bytes are binding 0, `bindings` follow it. */
  dispatch(
    kernel: KernelName,
    constants: Record<string, number>,
    uniform: ArrayBuffer,
    bindings: readonly Binding[],
    groups: readonly [number, number, number],
  ): void {
    const pipeline = this.context.kernels.pipeline(kernel, constants);
    this.#commands.push({
      data: uniform,
      bind: (buffer, offset) => {
        const resources = [{ buffer, offset, size: UNIFORM }, ...bindings];
        const entries = resources.map((resource, binding) => ({ binding, resource: resourceOf(resource) }));
        const pass = this.#encoder.beginComputePass({
          label: kernel,
          timestampWrites: this.context.timer?.writes(kernel),
        });
        pass.setPipeline(pipeline);
        pass.setBindGroup(
          0,
          this.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }),
        );
        pass.dispatchWorkgroups(...groups);
        pass.end();
      },
    });
  }

  /** Records a command that is no dispatch, in its place among them. */
  command(record: (encoder: GPUCommandEncoder) => void): void {
    this.#commands.push({ data: new ArrayBuffer(0), bind: () => record(this.#encoder) });
  }

  /**
   * Submits all that was recorded, when its turn comes, and resolves then to the GPU's complaints. Only then goes back
   * what it took: until then a write for other work would come before this one.
   */
  async submit(queue?: SubmitQueue): Promise<Complaint[]> {
    const last = await this.#submitRest(queue);
    return [...(await Promise.all(this.#earlier)).flat(), ...last];
  }

  /** Gives back what was taken for work that will not be submitted. */
  abandon(): void {
    popScopes(this.device).forEach((complaint) => complaint.catch(() => {}));
    for (const give of this.#taken.splice(0)) give();
    this.#commands.length = 0;
  }

  #submitRest(queue?: SubmitQueue): Promise<Complaint[]> {
    const bytes = new Uint8Array(Math.max(1, this.#commands.length) * UNIFORM);
    const buffer = this.buffer("uniform", bytes.length);
    for (const [index, { data, bind }] of this.#commands.entries()) {
      bytes.set(new Uint8Array(data), index * UNIFORM);
      bind(buffer, index * UNIFORM);
    }
    this.device.queue.writeBuffer(buffer, 0, bytes);
    const commands = this.#encoder.finish(), taken = this.#taken.splice(0);
    const recorded = popScopes(this.device);
    this.#commands.length = 0;
    this.#takenBytes = 0;
    const submit = () => {
      pushScopes(this.device);
      this.device.queue.submit([commands]);
      for (const give of taken) give();
      return [...recorded, ...popScopes(this.device)];
    };
    return queue ? queue.submit(submit) : Promise.resolve(submit());
  }
}

function resourceOf(binding: Binding): GPUBindingResource {
  if ("createView" in binding) return binding.createView();
  return "buffer" in binding ? binding : { buffer: binding };
}
