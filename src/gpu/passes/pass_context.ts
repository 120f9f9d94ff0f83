import type { Preprocessing } from "../../plan/preprocessing.ts";
import type { Recorder } from "../device/recorder.ts";
import type { TableTextures } from "./table_textures.ts";

/** What every pass of a plan's views records with. */
export interface PassContext {
  recorder: Recorder;
  tables: TableTextures;
  recipe: Preprocessing;
  /** Pixels of a source texture, at most. */
  area: number;
}
