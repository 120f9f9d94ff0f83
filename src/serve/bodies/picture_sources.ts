import type { ServiceParts } from "../service_parts.ts";
import type { PictureSources } from "./given_picture.ts";

/** Returns the places that a request's pictures may come from; `whole` asks for their bytes. */
export function pictureSources(
  parts: ReadonlyMap<string, Uint8Array>,
  { limits, hosts, settings }: ServiceParts,
  signal: AbortSignal,
  whole: boolean,
): PictureSources {
  const { maxBody, maxPixels, timeout } = limits;
  return { parts, hosts, maxBytes: maxBody, maxPixels, timeout, whole, orient: settings.orient, signal };
}
