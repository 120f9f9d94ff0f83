/**
 * Files that Vitrail writes: whole or not at all.
 *
 * @module
 */

export { type Chunks, refuseFolder, writeAtomically } from "./atomic.ts";
export { folderWords, makeFolder } from "./folder.ts";
export { ioError } from "./io_error.ts";
export { readJson, writeJson } from "./json_file.ts";
export {
  isPartName,
  MANIFEST,
  type Manifest,
  MANIFEST_FORMAT,
  type ManifestShard,
  type ManifestTotals,
  partName,
  readManifest,
  sha256Of,
  shardProblem,
  type SkippedSample,
  totalsOf,
} from "./manifest.ts";
export {
  type Dtype,
  encodeHeader,
  type Header,
  readSafetensors,
  safetensorsChunks,
  type SafetensorsFile,
  type StoredTensor,
  type TensorData,
  type TensorInfo,
  type TensorPlace,
  type TensorSource,
  writeSafetensors,
} from "./safetensors.ts";
