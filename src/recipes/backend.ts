import type { Filter } from "../plan/tables/filters.ts";
import { FILTERS_OF, type Resampler } from "../plan/tables/resampler.ts";
import type { Normalisation } from "../plan/tables/values.ts";

/**
 * The libraries by which a processor of transformers computes, as transformers 5 names them.
 * - `torchvision`: torchvision on a CPU, which resizes bytes in whole numbers.
 * - `torchvision-cuda`: torchvision on a GPU, which resizes in floats.
 * - `pil`: Pillow and numpy.
 */
export type Backend = "torchvision" | "torchvision-cuda" | "pil";

/** All backends, the default first. */
export const BACKENDS: readonly Backend[] = ["torchvision", "torchvision-cuda", "pil"];

/** The versions of torchvision that can be followed. Since 0.27 it has Lanczos, on a CPU. */
export const TORCHVISIONS = ["0.26", "0.27"] as const;

/** A version of torchvision. */
export type Torchvision = typeof TORCHVISIONS[number];

/** The backend that is in force for a recipe. */
export interface BackendChoice {
  /** The backend. */
  name: Backend;
  /** The reason why it is this one, as a clause that completes "because". */
  reason: string;
}

/** The resampler of each backend. */
export const RESAMPLER_OF: Readonly<Record<Backend, Resampler>> = {
  "torchvision": "torch-cpu",
  "torchvision-cuda": "torch-cuda",
  "pil": "pillow",
};

/** Returns the order of roundings in which a backend makes values of bytes. */
export function roundingOf(backend: Backend): Normalisation["rounding"] {
  return backend === "pil" ? "numpy" : "fused";
}

/**
 * Returns the filter that a backend takes where a config asks for `filter`, or undefined where it has none.
 * Without a Lanczos of its own torchvision takes bicubic.
 * Source: transformers `image_processing_backends.py`, `TorchvisionBackend.resize`.
 */
export function filterOn(backend: Backend, torchvision: Torchvision, filter: Filter): Filter | undefined {
  if (backend === "pil") return filter;
  const own = backend === "torchvision" && torchvision === "0.27";
  if (filter === "lanczos" && !own) return "bicubic";
  return FILTERS_OF[RESAMPLER_OF[backend]].includes(filter) ? filter : undefined;
}

/** The backends that a class of transformers has, and by default takes. */
export interface ClassBackends {
  /** `torchvision` and `pil` by default. Whatever has `torchvision` has `torchvision-cuda`. */
  backends?: readonly ("torchvision" | "pil")[];
  /**
   * True for a class that takes Pillow's twin by default where torchvision has no Lanczos.
   * Source: transformers `models/auto/image_processing_auto.py`, `DEFAULT_TO_PIL_BACKEND_IMAGE_PROCESSORS`.
   */
  wantsLanczos?: boolean;
}

/** Returns the backends that a class has. */
export function backendsOf({ backends = ["torchvision", "pil"] }: ClassBackends): readonly Backend[] {
  return BACKENDS.filter((backend) =>
    backend === "pil" ? backends.includes("pil") : backends.includes("torchvision")
  );
}

/**
 * Returns the backend that transformers 5 takes for a class where nobody chooses.
 * Source: transformers `models/auto/image_processing_auto.py`, `_resolve_backend`,
 * `_load_class_with_fallback`.
 */
export function defaultBackend(own: ClassBackends, type: string, torchvision: Torchvision): BackendChoice {
  const [first] = backendsOf(own);
  if (backendsOf(own).length < BACKENDS.length) {
    return { name: first, reason: `${type} has no other` };
  }
  if (own.wantsLanczos && torchvision === "0.26" && !type.endsWith("Pil")) {
    return { name: "pil", reason: `torchvision 0.26 has no Lanczos, which ${type} wants` };
  }
  return { name: "torchvision", reason: "transformers 5 takes it by default" };
}
