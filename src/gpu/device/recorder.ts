import type { GpuContext } from "./context.ts";
import { type Complaint, popScopes, pushScopes } from "./error_scopes.ts";
import type { KernelName } from "./kernels.ts";
import type { BufferKind } from "./pool.ts";
import type { SubmitQueue } from "./submit_queue.ts";
import type { TableUpload } from "./tables.ts";

/** One binding of a dispatch: a buffer, a part of one, or a texture. */
export type Binding = GPUBuffer | GPUBufferBinding | GPUTexture;

/** Bytes that a uniform struct's offset is a multiple of. */
const ALIGNMENT = 256;

/** A command that waits for the buffer of all uniforms. */
interface Command {
  /** The bytes of its uniform struct. */
  uniform: ArrayBuffer;
  /** The bytes that are bound; more than `uniform` has where the struct's end is never read. */
  bound: number;
  /** Encodes it, with its uniform struct at `offset` of a buffer. */
  encode: (uniforms: GPUBuffer, offset: number) => void;
}

/**
 * Records dispatches into one command buffer; into several where they take more than `limit` bytes from the
 * pool. Their uniform structs gather in one buffer. All that they take from the pool goes back when they are
 * submitted.
 */
export class Recorder {
  readonly #earlier: Promise<Complaint[]>[] = [];
  #encoder: GPUCommandEncoder;
  readonly #commands: Command[] = [];
  readonly #giveBack: (() => void)[] = [];
  #takenBytes = 0;
  #upload?: TableUpload;

  /** Creates an empty recording. GPU errors in it surface when it is submitted. */
  constructor(readonly context: GpuContext, readonly limit: number = context.memory / 2) {
    this.#encoder = this.#begin();
  }

  #begin(): GPUCommandEncoder {
    pushScopes(this.device);
    return this.device.createCommandEncoder();
  }

  /** Submits what is recorded so far where that has taken more than the limit. Recording goes on. */
  submitIfLarge(): void {
    if (this.#takenBytes < this.limit) return;
    this.#earlier.push(this.#submitRest());
    this.#encoder = this.#begin();
  }

  /** The device that is recorded for. */
  get device(): GPUDevice {
    return this.context.device;
  }

  /** The constant `FUSES` of kernels that sum floats: 1 where `fma` rounds once. At 0 they make the same. */
  get fuses(): number {
    return Number(this.context.fuses ?? false);
  }

  /**
   * Returns the texture of all tables, of which it uploads the new ones. Call it when all tables that a
   * dispatch reads are added, and before that dispatch: a later one may move all to another texture.
   */
  tables(): GPUTexture {
    this.#upload = this.context.tables.upload();
    return this.#upload.texture;
  }

  /** Takes note that the GPU had no complaint about what was submitted. */
  succeeded(): void {
    if (this.#upload) this.context.tables.keep(this.#upload);
  }

  /** Takes a buffer from the pool for this recording alone. */
  buffer(kind: BufferKind, bytes: number): GPUBuffer {
    const buffer = this.context.pool.takeBuffer(kind, bytes);
    this.#takenBytes += buffer.size;
    this.#giveBack.push(() => this.context.pool.giveBuffer(kind, buffer));
    return buffer;
  }

  /** Takes a buffer for this recording alone, which holds words of CPU memory. */
  uploaded(words: Uint32Array | Float32Array): GPUBuffer {
    const buffer = this.buffer("storage", words.byteLength);
    this.device.queue.writeBuffer(buffer, 0, words as Uint32Array<ArrayBuffer>);
    return buffer;
  }

  /**
   * Records a dispatch.
   * @param constants the kernel's `override` constants
   * @param uniform the bytes of its uniform struct, which is binding 0
   * @param bindings its other bindings, from 1 on
   * @param groups workgroups along x, y and z
   * @param bound bytes that are bound; more than `uniform` has where the struct's end is never read
   */
  dispatch(
    kernel: KernelName,
    constants: Record<string, number>,
    uniform: ArrayBuffer,
    bindings: readonly Binding[],
    groups: readonly [number, number, number],
    bound: number = uniform.byteLength,
  ): void {
    const pipeline = this.context.kernels.pipeline(kernel, constants);
    this.#commands.push({
      uniform,
      bound,
      encode: (buffer, offset) => {
        const resources = [{ buffer, offset, size: bound }, ...bindings];
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

  /**
   * Records a command that is no dispatch. Commands and dispatches are executed in the order of recording.
   */
  command(record: (encoder: GPUCommandEncoder) => void): void {
    this.#commands.push({ uniform: new ArrayBuffer(0), bound: 0, encode: () => record(this.#encoder) });
  }

  /**
   * Submits all that was recorded, at once or when `queue` lets it, and resolves then to the GPU's
   * complaints. All that it took goes back only then: before, other work could take it, and write to it too
   * early.
   */
  async submit(queue?: SubmitQueue): Promise<Complaint[]> {
    const last = await this.#submitRest(queue);
    return [...(await Promise.all(this.#earlier)).flat(), ...last];
  }

  /** Gives back all that was taken for work that will not be submitted. */
  abandon(): void {
    popScopes(this.device).forEach((complaint) => complaint.catch(() => {}));
    for (const give of this.#giveBack.splice(0)) give();
    this.#commands.length = 0;
  }

  #submitRest(queue?: SubmitQueue): Promise<Complaint[]> {
    const offsets: number[] = [];
    let end = 0, boundEnd = 0;
    for (const { uniform, bound } of this.#commands) {
      offsets.push(end);
      boundEnd = Math.max(boundEnd, end + bound);
      end += Math.ceil(uniform.byteLength / ALIGNMENT) * ALIGNMENT;
    }
    const bytes = new Uint8Array(Math.max(ALIGNMENT, end));
    const buffer = this.buffer("uniform", Math.max(bytes.length, boundEnd));
    for (const [index, { uniform, encode }] of this.#commands.entries()) {
      bytes.set(new Uint8Array(uniform), offsets[index]);
      encode(buffer, offsets[index]);
    }
    this.device.queue.writeBuffer(buffer, 0, bytes);
    const commands = this.#encoder.finish(), giveBack = this.#giveBack.splice(0);
    const recorded = popScopes(this.device);
    this.#commands.length = 0;
    this.#takenBytes = 0;
    const submit = () => {
      pushScopes(this.device);
      this.device.queue.submit([commands]);
      for (const give of giveBack) give();
      return [...recorded, ...popScopes(this.device)];
    };
    return queue ? queue.submit(submit) : Promise.resolve(submit());
  }
}

function resourceOf(binding: Binding): GPUBindingResource {
  if ("createView" in binding) return binding.createView();
  return "buffer" in binding ? binding : { buffer: binding };
}
