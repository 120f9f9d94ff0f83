import type { Recorder } from "./device/recorder.ts";
import type { TableTextures } from "./passes/table_textures.ts";

/** All that the passes of a plan's views record with. */
export interface PassContext {
  recorder: Recorder;
  tables: TableTextures;
  /** The most pixels of a source texture. */
  area: number;
}
