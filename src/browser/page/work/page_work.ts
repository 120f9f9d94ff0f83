import type { ExecutorName } from "../../../engine/executor.ts";
import type { Verification } from "../../../engine/verify/compare.ts";
import type { BackendChoice } from "../../../recipes/backend.ts";
import type { OutputDocument } from "../../../report/plan_document.ts";
import type { ImagePanels } from "../../../report/panels/panels.ts";
import type { PosterText } from "../../../report/panels/poster_text.ts";
import type { PlaceholderPiece } from "../../../text/expansion/placeholder_pieces.ts";
import type { Order } from "./order.ts";

/** The work that the page's Worker does, by name: what it is asked, and what it answers. */
export interface PageWork {
  /** Opens an engine before there is an order. */
  open: { asked: undefined; answer: undefined };
  /** Makes an order's tensors, and keeps them to be saved. */
  make: { asked: Order; answer: Made };
  /** Gives the tensors of a sample, by its number, as a safetensors file; those made last are kept. */
  save: { asked: number | undefined; answer: Blob };
  /** Makes an order by one executor, and compares it with the reference. */
  check: { asked: { readonly order: Order; readonly executor: ExecutorName }; answer: Checked };
  /** Takes a tokenizer for the prompts of later orders; undefined takes it away. */
  tokenize: { asked: File | undefined; answer: undefined };
}

/** A picture that cannot be taken. */
export interface Refused {
  /** Its index among the order's pictures. */
  readonly picture: number;
  readonly why: string;
}

/** A sample that was made, as the page shows it. */
export interface Made {
  /** The pictures that it was made without. Absent below is what needs a picture at all. */
  readonly refused: readonly Refused[];
  readonly sample?: MadeSample;
}

/** All that is shown of the pictures that were taken. */
export interface MadeSample {
  /** A number of its own. */
  readonly number: number;
  readonly words: PosterText;
  readonly images: readonly ImagePanels[];
  /** The rows of the main output. */
  readonly rows: number;
  /** Null where the recipe does not say. */
  readonly tokens: number | null;
  readonly outputs: Readonly<Record<string, OutputDocument>>;
  /** The name of the executor that made it, and the reason why it was taken. */
  readonly executor: ExecutorName;
  readonly why: string;
  /** The backend of transformers that is followed, and why; absent for other recipes. */
  readonly backend?: BackendChoice;
  /** The time from the files to the tensors, ms. */
  readonly ms: number;
  readonly prompt: Prompt;
}

/** The text that stands for the pictures of a sample. */
export interface Prompt {
  /** Each picture's placeholder in pieces; undefined where the recipe says none. */
  readonly images: readonly (readonly PlaceholderPiece[] | undefined)[];
  /** The ids of all of it, or the reason why there are none; absent without a tokenizer. */
  readonly ids?: Int32Array | string;
}

/** The times of one executor, ms, and its comparison with the reference. */
export interface Checked {
  /** The adapter's name, or the CPU's, for people. */
  readonly description: string;
  /** The time from an engine that is not yet open to the tensors. */
  readonly first: number;
  /** The time from the files to the tensors, once all is loaded. */
  readonly again: number;
  readonly verification: Verification;
}

/** The place on the page that a failure belongs to. */
export type TroubleAt = "model" | "sample";

/** A question to the page's Worker. */
export interface WorkMessage {
  readonly id: number;
  readonly name: keyof PageWork;
  readonly asked: unknown;
}

/** Its answer, or what went wrong. */
export interface WorkAnswer {
  readonly id: number;
  readonly answer?: unknown;
  readonly trouble?: { readonly at: TroubleAt; readonly why: string };
}
