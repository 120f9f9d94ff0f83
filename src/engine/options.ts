import { DTYPES } from "../plan/dtype.ts";

/** The values of options that are one of a few. */
export const CHOICES = {
  backend: ["auto", "webgpu", "reference"],
  dtype: DTYPES,
  to: ["cpu", "device"],
  orient: ["ignore", "exif"],
  alpha: ["drop", "white"],
} as const;
