import { VitrailError } from "../errors.ts";
import { DTYPES } from "../plan/plan.ts";

/** The values of options that are one of a few. */
export const CHOICES = {
  backend: ["auto", "webgpu", "reference"],
  dtype: DTYPES,
  to: ["cpu", "device"],
  orient: ["ignore", "exif"],
  alpha: ["drop", "white"],
} as const;

/** @throws {VitrailError} `usage` for an option that is given and is none of `choices`. */
export function requireChoice(name: string, value: unknown, choices: readonly unknown[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new VitrailError("usage", `${name} is one of ${choices.join(", ")}, found ${JSON.stringify(value)}`);
}
