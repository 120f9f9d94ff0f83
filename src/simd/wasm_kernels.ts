import { KERNELS_BASE64 } from "./kernels_base64.ts";

/** The place of something in the module's memory, bytes. */
type Address = number;

/** A resampling pass: `length` output columns or lines of `lines` (or `width` bytes, or `pixels`) each. */
type HorizontalKernel = (
  source: Address,
  sourceStride: number,
  lines: number,
  taps: Address,
  tapStride: number,
  columns: number,
  target: Address,
  targetStride: number,
) => void;

type VerticalKernel = (
  source: Address,
  sourceStride: number,
  width: number,
  taps: Address,
  tapStride: number,
  lines: number,
  target: Address,
  targetStride: number,
) => void;

/** A store of patches; the number in its name is an element's bytes. */
type StoreKernel = (
  pixels: Address,
  stride: number,
  width: number,
  height: number,
  count: number,
  tables: Address,
  red: number,
  green: number,
  blue: number,
  target: Address,
  patchBytes: number,
  copies: number,
  copyBytes: number,
) => void;

/** The kernels of `kernels/`, compiled; each file's head says what its arguments are. */
export interface Kernels {
  memory: WebAssembly.Memory;
  horizontalRgb: HorizontalKernel;
  horizontalRgba: HorizontalKernel;
  horizontalFloats(...pass: [...Parameters<HorizontalKernel>, unrolled: number]): void;
  vertical: VerticalKernel;
  verticalFloats(...pass: [...Parameters<VerticalKernel>, unrolled: number]): void;
  scale(floats: Address, count: number, factor: number): void;
  planes(
    source: Address,
    sourceStride: number,
    lines: number,
    columns: number,
    steps: Address,
    target: Address,
  ): void;
  widen(source: Address, bytes: number, pixels: number, target: Address): void;
  lookUp(source: Address, bytes: number, pixels: number, table: Address, target: Address): void;
  narrow(source: Address, pixels: number, target: Address): void;
  storePatches1: StoreKernel;
  storePatches2: StoreKernel;
  storePatches4: StoreKernel;
  globalView(
    canvas: Address,
    stride: number,
    width: number,
    height: number,
    table: Address,
    planes: Address,
    columns: number,
    rows: number,
    fuse: boolean,
  ): void;
}

/** The module's bytes. */
export function kernelBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(KERNELS_BASE64), (letter) => letter.charCodeAt(0));
}

/** Returns whether this runtime has WebAssembly with vectors of 128 bits. */
export function hasSimd(): boolean {
  return typeof WebAssembly === "object" && WebAssembly.validate(kernelBytes());
}

let module: WebAssembly.Module | undefined;

/** Makes an instance with a memory of its own. The module is compiled once. */
export function instantiateKernels(): Kernels {
  module ??= new WebAssembly.Module(kernelBytes());
  return new WebAssembly.Instance(module).exports as unknown as Kernels;
}
