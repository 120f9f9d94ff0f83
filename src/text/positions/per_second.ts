import { VitrailError } from "../../errors.ts";
import type { Rope } from "./rope_rule.ts";

/**
 * Returns the positions in a second of a clip.
 * @throws {VitrailError} `usage` where the model's are not given.
 */
export function perSecondOf({ rule, perSecond }: Rope): number {
  if (perSecond !== undefined) return perSecond;
  const field = rule === "qwen2_5_vl" ? "vision_config.tokens_per_second" : "position_id_per_seconds";
  throw new VitrailError(
    "usage",
    `the positions of a clip want perSecond, which is ${field} in the model's config.json (${rule})`,
  );
}
