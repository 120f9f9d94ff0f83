/**
 * Files that Vitrail writes: whole or not at all.
 *
 * @module
 */

export { type Chunks, writeAtomically } from "./atomic.ts";
export { ioError } from "./io_error.ts";
export {
  type Dtype,
  encodeHeader,
  type Header,
  readSafetensors,
  type SafetensorsFile,
  type StoredTensor,
  type TensorData,
  type TensorInfo,
  type TensorPlace,
  type TensorSource,
  writeSafetensors,
} from "./safetensors.ts";
